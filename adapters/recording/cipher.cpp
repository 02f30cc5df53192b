#include "adapters/recording/cipher.hpp"

#include <openssl/evp.h>

#include <memory>

namespace velox::recording {

namespace {

struct free_context {
  void operator()(EVP_CIPHER_CTX* x) const { EVP_CIPHER_CTX_free(x); }
};

using context = std::unique_ptr<EVP_CIPHER_CTX, free_context>;

[[noreturn]] void fail() {
  throw recording_error{"OpenSSL cannot encrypt with AES-256-GCM; check the "
                        "system's OpenSSL configuration"};
}

int size_of(std::span<const uint8_t> x) {
  return static_cast<int>(x.size());
}

} // namespace

void seal(const secret_key& key, const nonce& once,
          std::span<const uint8_t> bound_to, std::span<const uint8_t> plain,
          std::span<uint8_t> out) {
  context ctx{EVP_CIPHER_CTX_new()};
  int count = 0;
  if (!ctx || out.size() != plain.size() + tag_size
      || EVP_EncryptInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr,
                            key.bytes().data(), once.data())
           != 1
      || EVP_EncryptUpdate(ctx.get(), nullptr, &count, bound_to.data(),
                           size_of(bound_to))
           != 1
      || EVP_EncryptUpdate(ctx.get(), out.data(), &count, plain.data(),
                           size_of(plain))
           != 1
      || EVP_EncryptFinal_ex(ctx.get(), out.data() + count, &count) != 1
      || EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                             out.data() + plain.size())
           != 1)
    fail();
}

bool open(const secret_key& key, const nonce& once,
          std::span<const uint8_t> bound_to, std::span<const uint8_t> sealed,
          std::span<uint8_t> out) {
  if (sealed.size() != out.size() + tag_size)
    return false;
  context ctx{EVP_CIPHER_CTX_new()};
  int count = 0;
  // OpenSSL takes the expected tag as data that it might change.
  std::array<uint8_t, tag_size> tag;
  std::copy(sealed.end() - tag_size, sealed.end(), tag.begin());
  if (!ctx
      || EVP_DecryptInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr,
                            key.bytes().data(), once.data())
           != 1
      || EVP_DecryptUpdate(ctx.get(), nullptr, &count, bound_to.data(),
                           size_of(bound_to))
           != 1
      || EVP_DecryptUpdate(ctx.get(), out.data(), &count, sealed.data(),
                           static_cast<int>(out.size()))
           != 1
      || EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_SET_TAG, tag_size,
                             tag.data())
           != 1)
    fail();
  return EVP_DecryptFinal_ex(ctx.get(), out.data() + count, &count) == 1;
}

} // namespace velox::recording

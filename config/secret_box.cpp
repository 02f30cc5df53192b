#include "config/secret_box.hpp"

#include "protocol/base64.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <charconv>
#include <memory>
#include <span>
#include <vector>

namespace velox::config {

namespace {

constexpr size_t nonce_size = 12; // NIST SP 800-38D, 5.2.1.1
constexpr size_t tag_size = 16;

/// Says which way it was sealed, should there ever be another.
constexpr uint8_t version = 1;

struct free_context {
  void operator()(EVP_CIPHER_CTX* x) const { EVP_CIPHER_CTX_free(x); }
};

using context = std::unique_ptr<EVP_CIPHER_CTX, free_context>;

[[noreturn]] void fail() {
  throw box_error{"OpenSSL cannot seal with AES-256-GCM; check the system's "
                  "OpenSSL configuration"};
}

/// The two texts cannot run into each other: each comes with its length.
std::string bound_to(std::string_view owner, std::string_view field) {
  return std::to_string(owner.size()) + ':' + std::string{owner} + ':'
         + std::string{field};
}

const uint8_t* bytes_of(std::string_view x) {
  return reinterpret_cast<const uint8_t*>(x.data());
}

int size_of(std::string_view x) {
  return static_cast<int>(x.size());
}

} // namespace

secret_box::secret_box(std::string_view key, const std::string& name) {
  while (!key.empty() && (key.back() == '\n' || key.back() == ' '))
    key.remove_suffix(1);
  while (!key.empty() && key.front() == ' ')
    key.remove_prefix(1);
  auto good = key.size() == 2 * key_.size();
  for (size_t i = 0; good && i < key_.size(); ++i) {
    auto* first = key.data() + 2 * i;
    auto [end, error] = std::from_chars(first, first + 2, key_[i], 16);
    good = error == std::errc{} && end == first + 2;
  }
  if (!good)
    throw box_error{name
                    + " must be 32 bytes as 64 hexadecimal digits; make one "
                      "with: openssl rand -hex 32"};
}

secret_box::~secret_box() {
  OPENSSL_cleanse(key_.data(), key_.size());
}

std::string secret_box::seal(std::string_view secret, std::string_view owner,
                             std::string_view field) const {
  std::vector<uint8_t> out(1 + nonce_size + secret.size() + tag_size);
  out[0] = version;
  auto* nonce = out.data() + 1;
  auto* sealed = nonce + nonce_size;
  auto whose = bound_to(owner, field);
  context ctx{EVP_CIPHER_CTX_new()};
  int count = 0;
  if (!ctx || RAND_bytes(nonce, nonce_size) != 1
      || EVP_EncryptInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr, key_.data(),
                            nonce)
           != 1
      || EVP_EncryptUpdate(ctx.get(), nullptr, &count, bytes_of(whose),
                           size_of(whose))
           != 1
      || EVP_EncryptUpdate(ctx.get(), sealed, &count, bytes_of(secret),
                           size_of(secret))
           != 1
      || EVP_EncryptFinal_ex(ctx.get(), sealed + count, &count) != 1
      || EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                             sealed + secret.size())
           != 1)
    fail();
  return encode_base64(out);
}

std::string secret_box::open(std::string_view sealed, std::string_view owner,
                             std::string_view field) const {
  std::vector<uint8_t> in;
  if (!decode_base64(sealed, in) || in.size() < 1 + nonce_size + tag_size
      || in[0] != version)
    throw box_error{"a sealed secret is malformed; set it anew"};
  std::span all{in};
  auto nonce = all.subspan(1, nonce_size);
  auto tag = all.last(tag_size);
  auto text
    = all.subspan(1 + nonce_size, in.size() - 1 - nonce_size - tag_size);
  auto whose = bound_to(owner, field);
  std::string out(text.size(), '\0');
  auto* plain = reinterpret_cast<uint8_t*>(out.data());
  context ctx{EVP_CIPHER_CTX_new()};
  int count = 0;
  if (!ctx
      || EVP_DecryptInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr, key_.data(),
                            nonce.data())
           != 1
      || EVP_DecryptUpdate(ctx.get(), nullptr, &count, bytes_of(whose),
                           size_of(whose))
           != 1
      || EVP_DecryptUpdate(ctx.get(), plain, &count, text.data(),
                           static_cast<int>(text.size()))
           != 1
      || EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_SET_TAG, tag_size,
                             tag.data())
           != 1)
    fail();
  if (EVP_DecryptFinal_ex(ctx.get(), plain + count, &count) != 1)
    throw box_error{"a sealed secret cannot be opened: webhooks.key is "
                    "another one than it was sealed with, or it was changed; "
                    "restore the key or set the webhook anew"};
  return out;
}

} // namespace velox::config

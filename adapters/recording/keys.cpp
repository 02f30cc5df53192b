#include "adapters/recording/keys.hpp"

#include "adapters/recording/cipher.hpp"
#include "protocol/base64.hpp"
#include "protocol/twilio_signature.hpp" // sha256_hex

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>

namespace velox::recording {

namespace {

void fill_random(std::span<uint8_t> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
    throw recording_error{"the system gave no random numbers for a "
                          "recording's key; try again"};
}

bool read_hex(std::string_view text, std::span<uint8_t> out) {
  if (text.size() != 2 * out.size())
    return false;
  for (size_t i = 0; i < out.size(); ++i) {
    auto first = text.data() + 2 * i;
    auto [end, error] = std::from_chars(first, first + 2, out[i], 16);
    if (error != std::errc{} || end != first + 2)
      return false;
  }
  return true;
}

std::string_view trimmed(std::string_view x) {
  constexpr auto blank = " \t\r\n";
  auto first = x.find_first_not_of(blank);
  if (first == x.npos)
    return {};
  return x.substr(first, x.find_last_not_of(blank) - first + 1);
}

class own_keys final : public key_port {
public:
  own_keys(const secret_key& present, const std::vector<secret_key>& old)
    : present_(present), id_(id_of(present)) {
    for (auto& key : old)
      known_.insert_or_assign(id_of(key), key);
    known_.insert_or_assign(id_, present);
  }

  wrapped_key wrap(const secret_key& data,
                   std::span<const uint8_t> bound_to) const override {
    wrapped_key result;
    result.key_id = id_;
    nonce once;
    fill_random(once);
    std::span sealed{result.sealed};
    std::copy(once.begin(), once.end(), sealed.begin());
    seal(present_, once, bound_to, data.bytes(), sealed.subspan(nonce_size));
    return result;
  }

  secret_key unwrap(const wrapped_key& x,
                    std::span<const uint8_t> bound_to) const override {
    auto found = known_.find(x.key_id);
    if (found == known_.end())
      throw recording_error{"its key is not known here; add the file with "
                            "that key to recording.old_key_files"};
    nonce once;
    std::span sealed{x.sealed};
    std::copy_n(sealed.begin(), nonce_size, once.begin());
    secret_key result;
    if (!open(found->second, once, bound_to, sealed.subspan(nonce_size),
              result.bytes()))
      throw recording_error{"its head was changed; restore it from a backup"};
    return result;
  }

private:
  secret_key present_;
  std::string id_;
  std::map<std::string, secret_key> known_;
};

} // namespace

secret_key::~secret_key() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

secret_key random_key() {
  secret_key result;
  fill_random(result.bytes());
  return result;
}

secret_key parse_key(std::string_view text, const std::string& name) {
  text = trimmed(text);
  secret_key result;
  if (read_hex(text, result.bytes()))
    return result;
  std::vector<uint8_t> bytes;
  auto good = decode_base64(text, bytes) && bytes.size() == key_size;
  if (good)
    std::copy(bytes.begin(), bytes.end(), result.bytes().begin());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  if (!good)
    throw recording_error{name
                          + " must be 32 bytes as 64 hexadecimal digits or as "
                            "base64; make one with: openssl rand -hex 32"};
  return result;
}

std::string id_of(const secret_key& key) {
  auto bytes = key.bytes();
  return sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()})
    .substr(0, key_id_size);
}

std::shared_ptr<const key_port>
local_keys(const secret_key& present, const std::vector<secret_key>& old) {
  return std::make_shared<own_keys>(present, old);
}

} // namespace velox::recording

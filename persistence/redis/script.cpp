#include "persistence/redis/script.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace velox::persistence::redis {

script::script(std::string_view text) : text_(text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text_.data(), text_.size(), digest.data(), &length, EVP_sha1(),
                 nullptr)
      != 1)
    throw std::runtime_error{"the SHA-1 of a Redis script cannot be computed"};
  constexpr char digits[] = "0123456789abcdef";
  for (unsigned i = 0; i < length; ++i) {
    sha1_ += digits[digest[i] >> 4];
    sha1_ += digits[digest[i] & 15];
  }
}

} // namespace velox::persistence::redis

#pragma once

#include "adapters/recording/keys.hpp"

#include <cstdint>
#include <span>

/// INTERNAL to recording: AES-256-GCM through OpenSSL's EVP.

namespace velox::recording {

using nonce = std::array<uint8_t, nonce_size>;

/// Encrypts `plain` into `out`: as long as `plain`, then the tag. `plain` and
/// `out` may not overlap. Throws recording_error when OpenSSL fails.
void seal(const secret_key& key, const nonce& once,
          std::span<const uint8_t> bound_to, std::span<const uint8_t> plain,
          std::span<uint8_t> out);

/// The reverse. False when anything was changed: `out` is to be thrown away.
bool open(const secret_key& key, const nonce& once,
          std::span<const uint8_t> bound_to, std::span<const uint8_t> sealed,
          std::span<uint8_t> out);

} // namespace velox::recording

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Who may open recordings. Each file has a data key of its own, which is
/// stored in the file, wrapped by a key that is not: rotating that one rewrites
/// nothing.

namespace velox::recording {

/// Why a recording cannot be written or read. The text names the file and what
/// to do; never a key, never what was said.
class recording_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

inline constexpr size_t key_size = 32;   ///< AES-256
inline constexpr size_t nonce_size = 12; ///< GCM (NIST SP 800-38D, 5.2.1.1)
inline constexpr size_t tag_size = 16;
inline constexpr size_t key_id_size = 16; ///< characters

/// A key in memory; overwritten when it goes.
class secret_key {
public:
  secret_key() = default;
  secret_key(const secret_key&) = default;
  secret_key& operator=(const secret_key&) = default;
  ~secret_key();

  std::span<uint8_t, key_size> bytes() { return bytes_; }
  std::span<const uint8_t, key_size> bytes() const { return bytes_; }

private:
  std::array<uint8_t, key_size> bytes_{};
};

/// A fresh one. Throws recording_error when the system has no random numbers.
secret_key random_key();

/// 32 bytes as 64 hexadecimal digits or as base64, white space around them
/// ignored. Throws recording_error that begins with `name` (of the setting or
/// file) when it is neither.
secret_key parse_key(std::string_view text, const std::string& name);

/// Tells keys apart without giving them away: the first 64 bits of SHA-256, as
/// 16 hexadecimal digits.
std::string id_of(const secret_key& key);

/// A data key that only its wrapping key opens.
struct wrapped_key {
  std::string key_id; ///< of the wrapping key; `key_id_size` characters
  std::array<uint8_t, nonce_size + key_size + tag_size> sealed{};
};

/// Wraps and unwraps data keys: our own keys, or a key management service. May
/// block; any thread.
class key_port {
public:
  virtual ~key_port() = default;

  /// Wraps `data` by the present key. `bound_to` must be shown to unwrap it.
  virtual wrapped_key
  wrap(const secret_key& data, std::span<const uint8_t> bound_to) const = 0;

  /// Throws recording_error: the key is not there (the text says its id and how
  /// to list it), or what is wrapped was changed.
  virtual secret_key
  unwrap(const wrapped_key& x, std::span<const uint8_t> bound_to) const = 0;
};

/// Keys of the configuration: `present` for new files, `old` ones for files
/// made before.
std::shared_ptr<const key_port>
local_keys(const secret_key& present, const std::vector<secret_key>& old = {});

} // namespace velox::recording

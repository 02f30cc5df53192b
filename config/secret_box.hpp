#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace velox::config {

/// A sealed text cannot be opened: another key, another owner, or it was
/// changed. The text says what to do, and no secret.
class box_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Seals short secrets so that they may lie in a database: AES-256-GCM with a
/// fresh nonce each time. Whose secret it is, and which, is sealed in with it,
/// so that it is of no use in another row. Any thread.
class secret_box {
public:
  /// `key`: 32 bytes as 64 hexadecimal digits, white space around them ignored.
  /// `name` is for the error: the setting it comes from. Throws box_error.
  secret_box(std::string_view key, const std::string& name);
  secret_box(const secret_box&) = default;
  secret_box& operator=(const secret_box&) = default;
  ~secret_box();

  /// The sealed text, base64. `owner` and `field` are needed to open it.
  std::string seal(std::string_view secret, std::string_view owner,
                   std::string_view field) const;

  /// Throws box_error.
  std::string open(std::string_view sealed, std::string_view owner,
                   std::string_view field) const;

private:
  std::array<uint8_t, 32> key_{};
};

} // namespace velox::config

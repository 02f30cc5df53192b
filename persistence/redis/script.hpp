#pragma once

#include <string>
#include <string_view>

namespace velox::persistence::redis {

/// A Lua script that Redis runs as one step. Sent by its SHA-1; in full only
/// when Redis does not know it (yet, or any more).
class script {
public:
  explicit script(std::string_view text);

  const std::string& text() const { return text_; }
  const std::string& sha1() const { return sha1_; } ///< 40 hex digits

private:
  std::string text_;
  std::string sha1_;
};

} // namespace velox::persistence::redis

#include "persistence/storable_text.hpp"

#include "protocol/utf8.hpp"

namespace velox::persistence {

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string storable(std::string_view text) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    auto length = text.front() == '\0' ? 0 : utf8_length(text);
    result += length > 0 ? text.substr(0, length) : replacement;
    text.remove_prefix(length > 0 ? length : 1);
  }
  return result;
}

} // namespace velox::persistence

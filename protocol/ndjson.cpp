#include "protocol/ndjson.hpp"

#include <utility>

namespace velox {

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view line) {
  auto begin = line.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return line.substr(begin, line.find_last_not_of(blanks) - begin + 1);
}

} // namespace

void ndjson_parser::push(std::string_view bytes) {
  if (broken_)
    return;
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  if (buffer_.size() + bytes.size() > limit_) {
    broken_ = true;
    buffer_.clear();
    scanned_ = 0;
    return;
  }
  buffer_ += bytes;
}

std::optional<std::string> ndjson_parser::next() {
  for (;;) {
    auto end = buffer_.find('\n', scanned_);
    if (end == std::string::npos) {
      scanned_ = buffer_.size();
      return std::nullopt;
    }
    auto line = trimmed(std::string_view{buffer_}.substr(begin_, end - begin_));
    begin_ = scanned_ = end + 1;
    if (!line.empty())
      return std::string{line};
  }
}

std::optional<std::string> ndjson_parser::flush() {
  if (auto line = next())
    return line;
  auto line = trimmed(std::string_view{buffer_}.substr(begin_));
  begin_ = scanned_ = buffer_.size();
  if (line.empty())
    return std::nullopt;
  return std::string{line};
}

} // namespace velox

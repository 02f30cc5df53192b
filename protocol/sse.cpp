#include "protocol/sse.hpp"

#include <algorithm>
#include <utility>

namespace velox {

namespace {

constexpr size_t stray_limit = 64u << 10;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// The field's value: one blank behind the colon belongs to the format.
std::string_view value_of(std::string_view line, size_t colon) {
  auto value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' '))
    value.remove_prefix(1);
  return value;
}

} // namespace

void sse_parser::push(std::string_view bytes) {
  if (broken_)
    return;
  // Dropped here, not line by line, so that many short lines cost nothing.
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  if (buffer_.size() + event_.data.size() + bytes.size() > limit_) {
    broken_ = true;
    buffer_.clear();
    scanned_ = 0;
    return;
  }
  buffer_ += bytes;
}

std::optional<std::string_view> sse_parser::next_line() {
  // A line feed behind a carriage return belongs to it, however late it comes.
  if (after_return_ && begin_ < buffer_.size()) {
    after_return_ = false;
    if (buffer_[begin_] == '\n')
      ++begin_;
    scanned_ = std::max(scanned_, begin_);
  }
  auto end = buffer_.find_first_of("\r\n", scanned_);
  if (end == std::string::npos) {
    scanned_ = buffer_.size();
    return std::nullopt;
  }
  auto line = std::string_view{buffer_}.substr(begin_, end - begin_);
  after_return_ = buffer_[end] == '\r';
  begin_ = scanned_ = end + 1;
  if (!std::exchange(started_, true) && line.starts_with(byte_order_mark))
    line.remove_prefix(byte_order_mark.size());
  return line;
}

std::optional<sse_event> sse_parser::next() {
  while (auto line = next_line()) {
    if (!line->empty()) {
      take(*line);
      continue;
    }
    auto event = std::exchange(event_, {});
    if (std::exchange(has_data_, false)) {
      event.data.pop_back(); // the line feed behind the last line
      return event;
    }
  }
  return std::nullopt;
}

void sse_parser::take(std::string_view line) {
  auto colon = line.find(':');
  if (colon == 0)
    return;
  auto name = line.substr(0, colon);
  auto value = value_of(line, std::min(colon, line.size()));
  if (name == "data") {
    has_data_ = true;
    event_.data += value;
    event_.data += '\n';
  } else if (name == "event") {
    event_.event = value;
  } else if (name != "id" && name != "retry"
             && stray_.size() + line.size() < stray_limit) {
    stray_ += line;
    stray_ += '\n';
  }
}

} // namespace velox

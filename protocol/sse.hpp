#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace velox {

/// One event of an event stream.
struct sse_event {
  std::string event; ///< its type; empty when the stream names none
  std::string data;  ///< the data lines, with line feeds between them
};

/// Reads an event stream (WHATWG HTML, 9.2 "Server-sent events") from bytes
/// that may be cut anywhere, also within a character or a line end. Comments,
/// ids, retry times and unknown fields are skipped. There is no limit on a
/// line but the one on all that waits.
class sse_parser {
public:
  /// `limit`: how many bytes may wait for their line or event to end.
  explicit sse_parser(size_t limit = 16u << 20) : limit_(limit) {}

  /// Takes the next bytes. Too many without an end: the parser is `broken` and
  /// takes no more.
  void push(std::string_view bytes);

  /// The next complete event; none when more bytes are needed.
  std::optional<sse_event> next();

  /// What the stream holds beside events: lines that name no known field. Some
  /// vendors end a stream with a bare JSON error. At most 64 KiB are kept.
  const std::string& stray() const { return stray_; }

  bool broken() const { return broken_; }

private:
  /// The next line without its end; none when it has not ended yet.
  std::optional<std::string_view> next_line();
  void take(std::string_view line);

  size_t limit_;
  std::string buffer_;
  size_t begin_ = 0;   ///< of the line that is not yet read
  size_t scanned_ = 0; ///< no line ends before this
  bool after_return_ = false;
  bool started_ = false;
  bool broken_ = false;
  bool has_data_ = false;
  sse_event event_;
  std::string stray_;
};

} // namespace velox

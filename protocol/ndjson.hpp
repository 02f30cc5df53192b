#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace velox {

/// Cuts a stream of JSON texts, one a line (NDJSON), from bytes that may end
/// anywhere. It does not look into the lines.
class ndjson_parser {
public:
  /// `limit`: how many bytes may wait for their line to end.
  explicit ndjson_parser(size_t limit = 16u << 20) : limit_(limit) {}

  /// Takes the next bytes. Too many without a line end: the parser is `broken`
  /// and takes no more.
  void push(std::string_view bytes);

  /// The next line that is not blank, without white space around it; none when
  /// more bytes are needed.
  std::optional<std::string> next();

  /// The last line, when no more bytes follow and it did not end.
  std::optional<std::string> flush();

  bool broken() const { return broken_; }

private:
  size_t limit_;
  std::string buffer_;
  size_t begin_ = 0;
  size_t scanned_ = 0;
  bool broken_ = false;
};

} // namespace velox

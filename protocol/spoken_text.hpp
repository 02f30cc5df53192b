#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace velox {

/// Drops from a model's text what is written but not spoken, as it streams in:
/// emphasis (*, **, _, __, ~~), backticks, headings (#), bullets (-, *, +, •),
/// quotation marks of lines (>), rules (---) and emoji with all that belongs
/// to them. White space that such a mark leaves double is dropped too.
///
/// A star between digits or blanks, "*9", '#' in front of anything but a
/// blank, and '_' within a word are no marks and stay. What comes out does not
/// depend on how the text was cut.
class spoken_text {
public:
  /// Takes the next bytes and appends what can be told already to `out`; a few
  /// bytes may wait for the character behind them.
  void push(std::string_view bytes, std::string& out);

  /// No more text follows: appends the rest. Then ready for the next text.
  void flush(std::string& out);

private:
  void run(bool at_end, std::string& out);
  size_t step(std::string_view rest, bool at_end, std::string& out);
  size_t line_mark(std::string_view rest, bool at_end);
  size_t emphasis(std::string_view rest, bool at_end, std::string& out);
  void put(std::string_view text, std::string& out);

  std::string waiting_;
  char last_ = '\n'; ///< the byte before, as it was written
  char put_ = '\n';  ///< the byte that came out last
  bool line_start_ = true;
  bool dropped_ = false; ///< what was just there is dropped
  bool underlined_ = false;
};

} // namespace velox

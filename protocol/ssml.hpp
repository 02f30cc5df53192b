#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The few SSML elements that a sentence may hold (W3C, Speech Synthesis Markup
/// Language 1.1): break, emphasis, say-as, prosody, phoneme, sub. A model
/// writes sentences, so what is not exactly one of these is text like any
/// other.

namespace velox {

enum class ssml_part : uint8_t { text, open, close, empty };

/// A stretch of a sentence: one tag, or the text up to the next.
struct ssml_piece {
  ssml_part part = ssml_part::text;
  /// The text, raw; or the tag, written anew and well-formed.
  std::string text;
  bool tag = false;
  /// Text that says exactly what is meant: within say-as, phoneme or sub.
  bool literal = false;
  std::string name{}; ///< of the element
  std::vector<std::pair<std::string, std::string>> attributes{};

  /// Empty when it is not there.
  std::string_view attribute(std::string_view wanted) const;
};

/// The longest tag; more is text.
inline constexpr std::size_t longest_tag = 200;

/// The longest pause that a <break> may ask for, in milliseconds: callers take
/// longer silence for the end. What vendors allow, too (ElevenLabs: 3 s).
inline constexpr unsigned longest_break = 3000;

/// What stands at the beginning of a text that begins with '<'.
struct ssml_tag {
  std::size_t length = 0; ///< 0: no tag that we know
  bool cut_off = false;   ///< may become one when more text arrives
};

ssml_tag ssml_tag_at(std::string_view text);

/// The pieces of `text`, in order. Elements are balanced: a known tag without
/// its other half (its sentence was cut there) is left out.
std::vector<ssml_piece> split_ssml(std::string_view text);

} // namespace velox

#pragma once

#include "protocol/spoken_text.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace velox {

/// How a splitter cuts beyond its defaults.
struct sentence_rules {
  /// The first piece of an answer may end at a comma, semicolon or dash from
  /// four words and twenty characters on, so that the voice starts early.
  bool early_clause = false;
  /// Marks and pictures that are written but not spoken are dropped: see
  /// `spoken_text`.
  bool spoken_only = false;
};

/// What suits an answer that is spoken.
inline constexpr sentence_rules speech_rules{true, true};

/// Cuts a language model's tokens into sentences, each as early as speech
/// allows, so that the first one is spoken while the rest is still being
/// written. Pieces keep the text as it is, without white space around it, but
/// for what `sentence_rules` drop.
///
/// A sentence ends at . ! ? and their relatives in other scripts, at the
/// Hindi danda and at a line break; not inside a number, an e-mail or web
/// address or an SSML tag that we know, not behind an abbreviation or an
/// initial. The first sentence of an
/// answer is cut at a comma, semicolon or dash already when it is long.
class sentence_splitter {
public:
  /// From how many bytes on the first sentence may be cut at a clause.
  static constexpr size_t first_clause_minimum = 40;

  sentence_splitter() = default;
  explicit sentence_splitter(const sentence_rules& rules) : rules_(rules) {}

  /// Takes the next token; it may end anywhere, also within a character.
  void push(std::string_view token);

  /// The next complete sentence; none when more text is needed.
  std::optional<std::string> next();

  /// The next sentence, given that no more text follows; none when all is out.
  /// After that the splitter is ready for the next answer.
  std::optional<std::string> flush();

private:
  std::optional<std::string> take(bool at_end);

  sentence_rules rules_;
  spoken_text spoken_;
  std::string buffer_;
  size_t begin_ = 0;   ///< of what is not yet emitted
  size_t scanned_ = 0; ///< no cut is possible before this
  bool first_ = true;
};

} // namespace velox

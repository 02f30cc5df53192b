#pragma once

#include <span>
#include <string_view>

namespace velox::actors {

/// What completeness needs to know of one language. All entries as plain_words
/// writes them: lower case, no punctuation, phrases with one blank.
struct lexicon {
  using list = std::span<const std::string_view>;

  std::string_view language; ///< BCP 47, the language alone
  list goes_on;     ///< last words that want another: "and", "the", "to"
  list hesitations; ///< what fills a pause: "um", "let me see"
  list doubts;      ///< no answer yet, where one was asked for: "maybe"
  list goodbyes;    ///< phrases that end a turn, alone or at its end
  list yes_no;      ///< words that answer a closed question
  list polite;      ///< may stand beside them: "please", "thanks"
  list digits;      ///< words for one digit
  list numbers;     ///< other words of numbers: "twenty"
  list months;
  list days;    ///< weekdays, "tomorrow": a whole answer to "when"
  list streets; ///< words that end a street's name
  /// First words of a question that may end with "for"; not those of a closed
  /// one: "can I come on" goes on.
  list asks_first;
  list pronouns; ///< before "is": a sentence, not a beginning
  list is;       ///< "is", "are", "do": a beginning elsewhere
  // What the agent asks for, by phrases in its last sentence.
  list asks_digits;
  list asks_quantity;
  list asks_name;
  list asks_date;
  list asks_address;
  list asks_openly; ///< no yes or no: "what", "which"
};

/// The lexicon of a BCP 47 tag; null when the language is not known.
const lexicon* lexicon_of(std::string_view language);

} // namespace velox::actors

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace velox::actors {

/// What an answer to the agent's last sentence looks like.
enum class wanted : uint8_t {
  anything,
  yes_or_no, ///< a closed question
  digits,    ///< a number said digit by digit: phone, card, code
  quantity,  ///< how many, how much
  name,      ///< which may be spelled
  date,      ///< a day or a time
  address,   ///< a street, an e-mail
};

/// What the agent has asked.
struct question {
  wanted answer = wanted::anything;
  uint32_t digits = 0; ///< how many make the answer; 0: not known
};

/// Whether a caller who has paused has said all.
enum class completion : uint8_t {
  sure,   ///< as good as certain
  usual,  ///< nothing speaks against it
  unsure, ///< the words want to go on
};

/// What is known of the words of one language; see completeness.cpp.
struct lexicon;

/// Judges the words of a turn: do they want to go on? By fixed rules on the
/// words alone, the last ones above all. English is known well, Spanish and
/// German by their small words; of other languages only the punctuation
/// counts. A plain class without state of its own.
class completeness {
public:
  /// `language` is a BCP 47 tag.
  explicit completeness(std::string_view language);

  /// `words` as the recogniser has written them; `asked`: what the agent wants
  /// to know.
  completion judge(std::string_view words, const question& asked = {}) const;

  /// What kind of answer the agent's sentence `text` wants. `digits`: how many
  /// keys or digits make it, 0 when that is not known.
  question asked_by(std::string_view text, uint32_t digits = 0) const;

private:
  using word_list = std::vector<std::string>;

  bool hesitates(const word_list& words) const;
  bool breaks_off(const word_list& words, const question& asked) const;
  bool says_goodbye(const word_list& words) const;
  completion
  of_digits(const word_list& words, size_t digits, const question& asked) const;
  completion of_day(const word_list& words) const;

  const lexicon* known_; ///< null: only punctuation counts
};

} // namespace velox::actors

#pragma once

#include "adapters/language/scripted/agent_file.hpp"

#include <string>
#include <vector>

namespace velox::language {

/// Finds the intent that a caller means. Words that few intents have count
/// more than words that many have, small slips of the recogniser count nearly
/// as the word itself, and the order of words does not count.
class matcher {
public:
  explicit matcher(const agent& x);

  struct result {
    const intent* what = nullptr;
    double score = 0; ///< 0 nothing in common, 1 the very phrase
  };

  /// The best intent for `words`; none scores when `words` is empty. Scores
  /// below about 0.5 are guesses.
  result best(word_span words) const;

private:
  struct phrase {
    size_t intent_index = 0;
    std::vector<size_t> words; ///< indices into `known_`
    double weight = 0;         ///< of all its words
  };

  struct known_word {
    std::string text;
    double weight = 0;
  };

  /// What was said, compared with every known word once.
  struct comparison {
    std::vector<double> weights;    ///< of the words said
    std::vector<double> likenesses; ///< [known word * words said + word said]
  };

  comparison compare(word_span words) const;
  double score(const phrase& x, const comparison& said) const;

  const agent* agent_;
  std::vector<phrase> phrases_;
  std::vector<known_word> known_;
};

} // namespace velox::language

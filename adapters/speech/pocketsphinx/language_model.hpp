#pragma once

#include "adapters/speech/pocketsphinx/dictionary.hpp"

#include <string>
#include <vector>

namespace velox::speech {

/// What a recogniser of one agent expects to hear, in the text formats that
/// pocketsphinx reads.
struct language_model {
  /// ARPA n-gram model, order 3.
  std::string arpa;
  /// The words of the model with their pronunciations.
  std::string dictionary;
  /// Words of the phrases that nobody told us how to pronounce, sorted. They
  /// cannot be recognised: the agent's author should reword or spell them out.
  std::vector<std::string> missing_words;
};

/// Splits a phrase into the words a dictionary would have: lower case, letters
/// and apostrophes; everything else separates.
std::vector<std::string> words_of(std::string_view phrase);

/// Builds the model of an agent from what its callers are likely to say. What
/// callers of any agent say (yes, no, numbers, dates, names) is always part.
language_model make_language_model(const std::vector<std::string>& phrases,
                                   const dictionary& words);

} // namespace velox::speech

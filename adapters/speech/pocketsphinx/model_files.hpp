#pragma once

#include "adapters/speech/pocketsphinx/language_model.hpp"
#include "adapters/speech/pocketsphinx/memory_file.hpp"

namespace velox::speech {

/// A language model as files that decoders load.
class model_files {
public:
  explicit model_files(const language_model& model)
    : arpa("velox-arpa", model.arpa),
      dictionary("velox-dictionary", model.dictionary),
      missing_words(model.missing_words) {}

  memory_file arpa;
  memory_file dictionary;
  std::vector<std::string> missing_words;
};

} // namespace velox::speech

#pragma once

#include "adapters/speech/pocketsphinx/decoder.hpp"
#include "adapters/speech/pocketsphinx/dictionary.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace velox::speech {

/// Builds language models and decoders once and lends the decoders to calls.
/// Thread-safe. Everything here may take tens of milliseconds: keep it off the
/// actors' threads.
class decoder_pool : public std::enable_shared_from_this<decoder_pool> {
public:
  using phrase_list = std::vector<std::string>;

  /// A decoder for one call. Goes back to the pool at the end, unless it is in
  /// the middle of an utterance: ending that costs more than a new decoder.
  class lease {
  public:
    lease(std::shared_ptr<decoder_pool> pool, phrase_list phrases,
          std::unique_ptr<decoder> owned);
    ~lease();

    lease(lease&&) = default;
    lease& operator=(lease&&) = delete;

    decoder* operator->() const { return owned_.get(); }

  private:
    std::shared_ptr<decoder_pool> pool_;
    phrase_list phrases_;
    std::unique_ptr<decoder> owned_;
  };

  /// `model_directory` holds "en-us/" (acoustic model) and
  /// "cmudict-en-us.dict". At most `max_idle` decoders wait for a call.
  decoder_pool(std::string model_directory, size_t max_idle);

  /// A decoder that expects `phrases`, ready for a new call. Throws
  /// `std::runtime_error` when the models cannot be loaded.
  lease acquire(const phrase_list& phrases);

  /// Builds the language model now; returns the words that it cannot know.
  /// Throws as `acquire` does.
  std::vector<std::string> prewarm(const phrase_list& phrases);

private:
  /// One distinct set of phrases.
  struct entry {
    std::shared_ptr<const model_files> files;
    std::vector<std::unique_ptr<decoder>> idle;
    uint64_t last_use = 0;
  };

  std::shared_ptr<const model_files> files_for(const phrase_list& phrases);
  void give_back(const phrase_list& phrases, std::unique_ptr<decoder> x);
  const dictionary& words();

  const std::string directory_;
  const size_t max_idle_;

  std::mutex building_; ///< held while the dictionary or a model is made
  std::optional<dictionary> dictionary_;

  std::mutex mutex_; ///< guards what follows, for moments only
  std::map<phrase_list, entry> entries_;
  size_t idle_ = 0;
  uint64_t uses_ = 0;
};

} // namespace velox::speech

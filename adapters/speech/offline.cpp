#include "adapters/speech/offline.hpp"

#include "adapters/speech/flite/synthesizer.hpp"
#include "adapters/speech/flite/voices.hpp"
#include "adapters/speech/pocketsphinx/recognizer.hpp"
#include "adapters/speech/voice/detector.hpp"
#include "adapters/speech/worker_pool.hpp"

namespace velox::speech {

struct offline_speech::state {
  explicit state(offline_speech_options x)
    : options(std::move(x)),
      decoders(std::make_shared<decoder_pool>(options.model_directory,
                                              options.max_idle_decoders)),
      cache(std::make_shared<sentence_cache>(options.cache_bytes)),
      workers(std::make_shared<worker_pool>(options.threads)) {}

  offline_speech_options options;
  std::shared_ptr<decoder_pool> decoders;
  std::shared_ptr<sentence_cache> cache;
  std::shared_ptr<worker_pool> workers;
};

offline_speech::offline_speech(offline_speech_options options)
  : state_(new state{std::move(options)}) {}

offline_speech::~offline_speech() = default;

recognizer_factory offline_speech::recognizers() {
  // The factories outlive us in actors; the threads must not.
  return
    [decoders = state_->decoders, workers = std::weak_ptr{state_->workers}](
      const recognizer_options& options,
      const recognition_client_actor& client) {
      auto pool = workers.lock();
      if (!pool)
        throw std::runtime_error("the offline recogniser has stopped");
      return std::make_unique<pocketsphinx_recognizer>(
        options, client, decoders, pool->make_strand());
    };
}

synthesizer_factory offline_speech::synthesizers() {
  return [cache = state_->cache, workers = std::weak_ptr{state_->workers}](
           const synthesizer_options& options,
           const synthesis_client_actor& client) {
    auto pool = workers.lock();
    if (!pool)
      throw std::runtime_error("the offline voice has stopped");
    return std::make_unique<flite_synthesizer>(options, client, cache,
                                               pool->make_strand());
  };
}

voice_detector_factory offline_speech::voice_detectors() {
  detector_options options;
  options.hangover_ms = state_->options.hangover_ms;
  return [options] { return make_voice_detector(options); };
}

std::vector<std::string>
offline_speech::prewarm(const std::vector<std::string>& phrases) {
  auto missing = state_->decoders->prewarm(phrases);
  // Given back at once: the first call finds it.
  state_->decoders->acquire(phrases);
  return missing;
}

std::vector<uint8_t> speak(std::string_view text, std::string_view voice) {
  auto& speaker = find_flite_voice(voice);
  std::vector<uint8_t> result;
  if (auto readable = readable_text(text); !readable.empty())
    speak_with_flite(speaker, readable, [&](auto mulaw) {
      result.insert(result.end(), mulaw.begin(), mulaw.end());
      return true;
    });
  return result;
}

words_final transcribe(std::span<const uint8_t> mulaw,
                       const std::vector<std::string>& phrases,
                       const std::string& model_directory) {
  auto decoders = std::make_shared<decoder_pool>(model_directory, 0);
  auto decoder = decoders->acquire(phrases);
  decoder->begin_utterance();
  decoder->feed(mulaw);
  auto result = decoder->end_utterance();
  return {result.text, result.confidence};
}

} // namespace velox::speech

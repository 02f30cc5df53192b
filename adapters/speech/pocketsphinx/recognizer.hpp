#pragma once

#include "adapters/speech/pocketsphinx/decoder_pool.hpp"
#include "adapters/speech/worker_pool.hpp"
#include "protocol/ports.hpp"

#include <deque>
#include <memory>

namespace velox::speech {

/// Understands one caller with pocketsphinx. English only: the constructor
/// throws `std::invalid_argument` for other languages. Costs nothing while the
/// caller is silent.
class pocketsphinx_recognizer : public speech_recognizer {
public:
  pocketsphinx_recognizer(const recognizer_options& options,
                          const recognition_client_actor& client,
                          std::shared_ptr<decoder_pool> decoders,
                          std::shared_ptr<strand> jobs);
  ~pocketsphinx_recognizer() override;

  void hear(std::vector<uint8_t> mulaw) override;
  void utterance_began() override;
  void utterance_ended() override;

private:
  class listener;

  /// What runs on the worker threads.
  std::shared_ptr<listener> listener_;
  std::shared_ptr<strand> jobs_;
  /// The last moments of audio before the voice detection noticed anything.
  std::deque<uint8_t> onset_;
  bool in_utterance_ = false;
};

} // namespace velox::speech

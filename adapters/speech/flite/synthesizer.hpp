#pragma once

#include "adapters/speech/flite/sentence_cache.hpp"
#include "adapters/speech/worker_pool.hpp"
#include "protocol/ports.hpp"

#include <memory>

namespace velox::speech {

/// Speaks English with a flite voice. The constructor throws
/// `std::invalid_argument` for an unknown voice or another language.
class flite_synthesizer : public speech_synthesizer {
public:
  flite_synthesizer(const synthesizer_options& options,
                    const synthesis_client_actor& client,
                    std::shared_ptr<sentence_cache> cache,
                    std::shared_ptr<strand> jobs);
  ~flite_synthesizer() override;

  void say(const sentence& x) override;
  void cancel(uint64_t turn) override;

private:
  class speaker;

  /// What runs on the worker threads.
  std::shared_ptr<speaker> speaker_;
  std::shared_ptr<strand> jobs_;
};

} // namespace velox::speech

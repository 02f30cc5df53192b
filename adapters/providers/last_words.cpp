#include "adapters/providers/last_words.hpp"

#include "adapters/speech/client.hpp"

namespace velox::providers {

namespace {

class speechless : public speech_synthesizer {
public:
  explicit speechless(const synthesis_client_actor& client) : client_(client) {}

  void say(const sentence& x) override {
    provider_failed why{"tts", "not among the remembered phrases"};
    why.code = provider_errc::unavailable;
    why.attempt = x.attempt;
    client_.tell(std::move(why));
  }

  void cancel(uint64_t) override {}

private:
  speech::client_of<synthesis_client_actor> client_;
};

} // namespace

synthesizer_factory speechless_voice() {
  return [](const synthesizer_options&, const synthesis_client_actor& client) {
    return std::make_unique<speechless>(client);
  };
}

} // namespace velox::providers

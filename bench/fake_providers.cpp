#include "bench/fake_providers.hpp"

#include "adapters/speech/voice/detector.hpp"
#include "bench/server_process.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/send.hpp>

#include <utility>

namespace velox::bench {

namespace {

constexpr int hangover_frames = 23; // 460 ms

/// The actor that a session reports to. It owns the session, so it is held
/// weakly.
template <class Handle>
class client_of {
public:
  explicit client_of(const Handle& x)
    : client_(caf::actor_cast<caf::weak_actor_ptr>(x)) {}

  template <class Message>
  void tell(Message x) const {
    if (auto strong = client_.lock())
      caf::anon_send(caf::actor_cast<Handle>(strong), std::move(x));
  }

private:
  caf::weak_actor_ptr client_;
};

class fake_recognizer final : public speech_recognizer {
public:
  explicit fake_recognizer(const recognition_client_actor& x) : client_(x) {}

  void hear(std::vector<uint8_t>) override {}

  void utterance_began() override {}

  void utterance_ended() override { client_.tell(words_final{"yes please"}); }

private:
  client_of<recognition_client_actor> client_;
};

class fake_model final : public language_model {
public:
  explicit fake_model(const answer_client_actor& x) : client_(x) {}

  void answer(const prompt& x) override {
    for (size_t i = 0; i < sentences_per_answer; ++i)
      client_.tell(tokens{x.turn, "This is a sentence of some length. "});
    answer_done done;
    done.turn = x.turn;
    client_.tell(std::move(done));
  }

  void cancel(uint64_t) override {}

private:
  client_of<answer_client_actor> client_;
};

class fake_synthesizer final : public speech_synthesizer {
public:
  explicit fake_synthesizer(const synthesis_client_actor& x) : client_(x) {}

  void say(const sentence& x) override {
    client_.tell(sentence_audio{
      x.turn, x.index, 0,
      std::vector<uint8_t>(answer_bytes / sentences_per_answer, loud_byte),
      true});
  }

  void cancel(uint64_t) override {}

private:
  client_of<synthesis_client_actor> client_;
};

class fake_detector final : public voice_detector {
public:
  explicit fake_detector(bool tells) : tells_(tells) {}

  voice_change near_end(std::span<const uint8_t> mulaw) override {
    real_->near_end(mulaw);
    auto loud = mulaw.front() == loud_byte;
    run_ = loud == speaking_ ? 0 : run_ + 1;
    if (run_ < (speaking_ ? hangover_frames : onset_frames))
      return voice_change::none;
    run_ = 0;
    speaking_ = loud;
    if (loud)
      started_ = std::chrono::steady_clock::now();
    return loud ? voice_change::started : voice_change::stopped;
  }

  void far_end(std::span<const uint8_t> mulaw) override {
    real_->far_end(mulaw);
  }

  /// Called when `clear` is written.
  void far_end_cleared() override {
    using ms = std::chrono::duration<double, std::milli>;
    if (tells_)
      tell_owner(ms{std::chrono::steady_clock::now() - started_}.count());
    real_->far_end_cleared();
  }

private:
  const bool tells_;
  std::unique_ptr<voice_detector> real_ = speech::make_voice_detector();
  bool speaking_ = false;
  std::chrono::steady_clock::time_point started_;
  int run_ = 0; ///< frames in a row that say otherwise than `speaking_`
};

} // namespace

recognizer_factory instant_recognizer() {
  return [](const recognizer_options&, const recognition_client_actor& client) {
    return std::make_unique<fake_recognizer>(client);
  };
}

language_model_factory instant_model() {
  return [](const language_model_options&, const answer_client_actor& client) {
    return std::make_unique<fake_model>(client);
  };
}

synthesizer_factory instant_synthesizer() {
  return [](const synthesizer_options&, const synthesis_client_actor& client) {
    return std::make_unique<fake_synthesizer>(client);
  };
}

voice_detector_factory predictable_detector(bool tells) {
  return [tells] { return std::make_unique<fake_detector>(tells); };
}

} // namespace velox::bench

#include "adapters/cli/provider_probe.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <condition_variable>
#include <mutex>

namespace velox::cli {

namespace {

using clock = std::chrono::steady_clock;

/// The first thing that was heard of a session decides.
class outcome {
public:
  void worked() { set({}); }
  void failed(const provider_failed& x) { set(x); }

  std::optional<probe_result> wait_until(clock::time_point deadline) {
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, deadline, [&] { return result_.has_value(); });
    return result_;
  }

private:
  void set(std::optional<provider_failed> failure) {
    std::lock_guard guard{mutex_};
    if (result_)
      return;
    result_ = {std::move(failure),
               std::chrono::duration_cast<std::chrono::milliseconds>(
                 clock::now() - began_)};
    changed_.notify_all();
  }

  const clock::time_point began_ = clock::now();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<probe_result> result_;
};

using outcome_ptr = std::shared_ptr<outcome>;

/// Hears what a session of any stage says. `by_words`: a session that is ready
/// proves nothing, since it asks its vendor for each utterance.
caf::behavior
listening(caf::event_based_actor*, const outcome_ptr& x, bool by_words) {
  return {
    [x, by_words](const session_ready&) {
      if (!by_words)
        x->worked();
    },
    [](const words_partial&) {},
    [x, by_words](const words_final&) {
      if (by_words)
        x->worked();
    },
    [x](const sentence_audio& y) {
      if (!y.mulaw.empty())
        x->worked();
    },
    [x](const tokens&) { x->worked(); },
    [x](const tool_calls&) { x->worked(); },
    [x](const answer_done&) { x->worked(); },
    [x](const provider_failed& y) { x->failed(y); },
  };
}

template <class Session>
class session_probe : public provider_probe {
public:
  session_probe(caf::actor_system& system, bool by_words = false)
    : outcome_(std::make_shared<outcome>()),
      client_(system.spawn(listening, outcome_, by_words)) {}

  ~session_probe() override {
    session_.reset();
    caf::anon_send_exit(client_, caf::exit_reason::kill);
  }

  /// What a factory throws is the provider's failure too.
  template <class Handle, class Make, class Use>
  void start(Make make, Use use) {
    try {
      session_ = make(caf::actor_cast<Handle>(client_));
      use(*session_);
    } catch (const std::exception& x) {
      provider_failed failure;
      failure.why = x.what();
      failure.code = provider_errc::bad_request;
      outcome_->failed(failure);
    }
  }

  std::optional<probe_result> wait_until(clock::time_point deadline) override {
    return outcome_->wait_until(deadline);
  }

private:
  outcome_ptr outcome_;
  caf::actor client_;
  std::unique_ptr<Session> session_;
};

constexpr auto language = "en-US";

} // namespace

std::unique_ptr<provider_probe>
probe(caf::actor_system& system, const provider<recognizer_factory>& x) {
  auto by_words = x.gateway == "google";
  auto result
    = std::make_unique<session_probe<speech_recognizer>>(system, by_words);
  result->start<recognition_client_actor>(
    [&](const auto& client) {
      return x.make({"", language, {}}, client);
    },
    [](speech_recognizer& session) {
      session.utterance_began();
      session.hear(std::vector<uint8_t>(1'600, 0xFF));
      session.utterance_ended();
    });
  return result;
}

std::unique_ptr<provider_probe>
probe(caf::actor_system& system, const provider<synthesizer_factory>& x) {
  auto result = std::make_unique<session_probe<speech_synthesizer>>(system);
  result->start<synthesis_client_actor>(
    [&](const auto& client) {
      return x.make({"", language, ""}, client);
    },
    [](speech_synthesizer& session) {
      session.say({1, 0, "Hello."});
    });
  return result;
}

std::unique_ptr<provider_probe>
probe(caf::actor_system& system, const provider<language_model_factory>& x) {
  auto result = std::make_unique<session_probe<language_model>>(system);
  language_model_options options;
  options.agent.language = language;
  options.instructions = "Answer with the one word yes.";
  result->start<answer_client_actor>(
    [&](const auto& client) { return x.make(options, client); },
    [](language_model& session) {
      prompt x;
      x.turn = 1;
      x.history.push_back({"user", "Are you there?"});
      session.answer(x);
    });
  return result;
}

} // namespace velox::cli

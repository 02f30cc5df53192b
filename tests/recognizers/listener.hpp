#pragma once

#include "adapters/speech/recognizers/recognizers.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/type_ids.hpp"
#include "tests/support/spelled_audio.hpp"
#include "tests/support/vendors/outbound_thread.hpp"
#include "tests/support/vendors/stt_fake.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace velox::test {

using audio = std::vector<uint8_t>;
using reported
  = std::variant<session_ready, words_partial, words_final, provider_failed>;

/// What a session's actor was told, in order. Any thread.
class report_log {
public:
  void add(reported x);
  std::vector<reported> all() const;

  template <class T>
  std::vector<T> of() const {
    std::vector<T> result;
    for (auto& x : all())
      if (auto* message = std::get_if<T>(&x))
        result.push_back(*message);
    return result;
  }

  /// Waits, at most 10 s, until `f` of the whole log.
  template <class F>
  bool wait_until(F f) const {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, std::chrono::seconds{10},
                             [&] { return f(reported_); });
  }

  /// The same, for so many messages of a type.
  template <class T>
  bool wait_for(std::size_t count = 1) const {
    return wait_until([count](const std::vector<reported>& all) {
      std::size_t n = 0;
      for (auto& x : all)
        n += std::holds_alternative<T>(x);
      return n >= count;
    });
  }

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<reported> reported_;
};

/// A real actor system with the actor that sessions report to.
class listener {
public:
  listener();
  ~listener();

  const recognition_client_actor& client() const { return client_; }
  const report_log& log() const { return *log_; }

  /// Waits until all that was sent to the actor so far is in the log; returns
  /// how much that is.
  std::size_t settled();

  /// The first final, which must come. Others with `index`.
  words_final final(std::size_t index = 0) const;
  /// The failure, which must come, as the last message.
  provider_failed failure() const;

private:
  struct config : caf::actor_system_config {
    config() { add_message_types<caf::id_block::velox>(); }
  };

  config config_;
  caf::actor_system system_{config_};
  std::shared_ptr<report_log> log_ = std::make_shared<report_log>();
  std::size_t markers_ = 0;
  recognition_client_actor client_;
};

// -- audio --------------------------------------------------------------------

audio silence(int ms);
/// Spelled speech between silences.
audio spelled(const std::string& text);
/// Into `to` in pieces of `size` bytes.
void feed(speech_recognizer& to, const audio& x, std::size_t size = 800);
/// One utterance as the stt actor hands it on: the voice is noticed 200 ms late
/// and taken to be over 100 ms after the last sound.
void utter(speech_recognizer& to, const audio& x);
/// What follows: the line is quiet.
void hush(speech_recognizer& to, int ms = 600);

} // namespace velox::test

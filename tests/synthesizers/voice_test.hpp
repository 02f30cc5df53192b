#pragma once

#include "adapters/speech/synthesizers/synthesizers.hpp"
#include "tests/support/vendors/fake_voice.hpp"
#include "tests/support/vendors/outbound_thread.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace velox::test {

/// Everything that a session reported to its actor, in order.
class voice_record {
public:
  void add(sentence_audio x);
  void add(provider_failed x);

  std::vector<sentence_audio> audio() const;
  std::vector<provider_failed> failures() const;
  size_t count() const; ///< of both

  /// Waits, at most 10 s, until `what` holds of this record.
  bool wait(const std::function<bool(const voice_record&)>& what) const;

  /// The audio of one sentence so far; fails the test unless its pieces are
  /// without gaps, small, of this attempt, and `last` at most at the end.
  std::vector<uint8_t>
  sentence(uint64_t turn, uint32_t index, uint32_t attempt = 0) const;

  /// Whether the sentence's last piece is there.
  bool complete(uint64_t turn, uint32_t index) const;

  /// The words of one sentence.
  std::vector<spoken_word> words(uint64_t turn, uint32_t index) const;

private:
  mutable std::recursive_mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::vector<sentence_audio> audio_;
  std::vector<provider_failed> failures_;
};

/// An actor system with one actor that keeps what it hears.
class voice_client {
public:
  voice_client();
  ~voice_client();

  synthesis_client_actor actor() const { return actor_; }
  voice_record& record() { return *record_; }
  caf::actor_system& system() { return system_; }

  bool wait_complete(uint64_t turn, uint32_t index);
  bool wait_failure();
  /// Waits until some audio of the turn is here.
  bool wait_audio(uint64_t turn);
  /// Everything that was sent to the actor before this call is recorded.
  void settle();

private:
  struct config : caf::actor_system_config {
    config();
  };

  config config_;
  caf::actor_system system_{config_};
  std::shared_ptr<voice_record> record_ = std::make_shared<voice_record>();
  synthesis_client_actor actor_;
};

} // namespace velox::test

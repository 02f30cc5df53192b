#pragma once

#include "adapters/speech/offline.hpp"
#include "protocol/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/type_id.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace velox::speech {

using audio = std::vector<uint8_t>;

/// `ms` of digital silence.
audio silence(int ms);

/// `ms` of white noise with the given RMS level.
audio noise(int ms, double dbfs, unsigned seed = 1);

/// `x` louder or quieter by `db`.
audio scaled(const audio& x, double db);

/// The sum of two, as long as the longer one.
audio mixed(const audio& x, const audio& y);

/// One behind the other.
audio joined(std::initializer_list<audio> parts);

/// Word errors (Levenshtein distance) of `heard` against `said`.
size_t word_errors(const std::string& said, const std::string& heard);

/// What callers of a restaurant's agent say.
const std::vector<std::string>& restaurant_phrases();

/// The actor that a session reports to, posed by the test.
class SpeechTest : public ::testing::Test {
protected:
  /// Knows Velox's messages.
  struct messages_config : caf::actor_system_config {
    messages_config();
  };

  template <class Handle>
  Handle as() {
    return caf::actor_cast<Handle>(self_);
  }

  /// The next message, which must be a `T`, within half a minute (sanitizers).
  template <class T>
  std::optional<T> next() {
    std::optional<T> result;
    self_->receive([&](const T& x) { result = x; },
                   caf::after(std::chrono::seconds{30}) >> [] {});
    return result;
  }

  /// All audio of one sentence, checked to be without gaps and in order.
  audio next_sentence(uint64_t turn, uint32_t index);

  /// Fails if anything is in the mailbox.
  void expect_silence();

  messages_config config_;
  caf::actor_system system_{config_};
  caf::scoped_actor self_{system_};
};

} // namespace velox::speech

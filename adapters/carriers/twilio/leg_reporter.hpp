#pragma once

#include "protocol/interfaces.hpp"

#include <caf/actor_control_block.hpp>

#include <cstddef>
#include <deque>
#include <variant>

namespace velox::carriers::twilio {

/// Hands the events of a leg to its stream actor. While there is none, it
/// keeps them: audio up to a bound, the oldest dropped first. It does not keep
/// the actor alive.
class leg_reporter {
public:
  using event
    = std::variant<caller_audio, voice_started, voice_stopped, key_pressed,
                   tone_heard, mark_reached, caller_hung_up, wire_closed>;

  /// Keeps up to `audio_bytes` of audio and a few hundred other events.
  explicit leg_reporter(std::size_t audio_bytes) : audio_limit_(audio_bytes) {}

  /// From now on `client` hears everything, first what was kept.
  void report_to(const leg_client_actor& client);

  void send(event x);

private:
  void keep(event x);

  std::size_t audio_limit_;
  caf::weak_actor_ptr client_;
  std::deque<event> kept_;
  std::size_t kept_audio_ = 0;
};

} // namespace velox::carriers::twilio

#pragma once

#include "adapters/carriers/twilio/talk_time_gate.hpp"
#include "adapters/http/router.hpp"
#include "adapters/websocket/connection.hpp"
#include "protocol/ports.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace velox::http {
class metrics;
} // namespace velox::http

namespace velox::carriers::twilio {

/// What a media socket admits.
struct media_options {
  /// The key of the stream tokens; the webhooks sign with the same.
  std::string token_secret;
  /// How long a socket may take to identify itself.
  std::chrono::milliseconds start_timeout{5'000};
  /// How much audio crosses to the actors at a time.
  std::chrono::milliseconds batch{100};
  /// Audio kept for a stream actor that is not there yet.
  std::chrono::milliseconds kept_audio{5'000};
  /// Malformed messages forgiven within `bad_window`.
  unsigned bad_messages = 10;
  std::chrono::milliseconds bad_window{10'000};
  /// Audio may come this many times faster than real time, for this long, and
  /// so much of it at once.
  double flood_factor = 3;
  std::chrono::milliseconds flood_window{2'000};
  std::chrono::milliseconds flood_allowance{2'000};
  /// Messages of any kind per second; Twilio sends about 50.
  unsigned messages_per_second = 1'000;
  /// Who sets talk time aside for handshakes that show their token in the path.
  talk_time_gate gate;
  websocket::options socket;
  /// The clocks; tests set them. Empty: the system's.
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<int64_t()> unix_ms_now;
};

/// A call has its media socket: `leg` may be used on this thread (the thread
/// of io_context `shard`) from now on, and dropping it hangs up.
using start_handler = std::function<void(
  carrier_leg_ptr leg, const leg_start& start, std::size_t shard)>;

/// The handler for the WebSocket routes of Twilio Media Streams. Where the
/// route has a `{token}`, the handshake is answered once talk time is set aside
/// for the call: 402 when there is none, 503 when nobody can say, 403 for a
/// token that is not good. Whatever the route, sockets that
/// do not show a valid stream token in their `start` (parameter "token", made
/// by the webhooks) are closed with 1008 and reach nobody. `tones` makes what
/// `carrier_leg::listen_for` asks for; empty: keys come from the carrier only.
http::websocket_handler
media_socket(media_options options, voice_detector_factory detectors,
             start_handler on_start, std::shared_ptr<http::metrics> counts,
             tone_detector_factory tones = {});

} // namespace velox::carriers::twilio

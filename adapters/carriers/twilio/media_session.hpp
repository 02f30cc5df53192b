#pragma once

#include "adapters/carriers/twilio/audio_clock.hpp"
#include "adapters/carriers/twilio/leg_reporter.hpp"
#include "adapters/carriers/twilio/media_socket.hpp"
#include "adapters/carriers/twilio/rate_limit.hpp"
#include "protocol/stream_token.hpp"
#include "protocol/twilio_media.hpp"

#include <array>
#include <deque>
#include <optional>

/// INTERNAL to media_socket.cpp: one media socket.

namespace velox::carriers::twilio {

/// What all media sockets share.
struct media_parts {
  media_options options;
  voice_detector_factory detectors;
  start_handler on_start;
  std::shared_ptr<http::metrics> counts;
  tone_detector_factory tones; ///< empty: keys come from the carrier only

  /// Milliseconds since 1970.
  int64_t unix_now() const;
};

/// Twilio's side of one call. Its connection keeps it alive, and the leg that
/// the stream actor holds; it keeps neither. All on the shard's thread.
class media_session final : public websocket::listener,
                            public std::enable_shared_from_this<media_session> {
public:
  /// `paid`: the call that talk time was set aside for, if that was so.
  explicit media_session(std::shared_ptr<const media_parts> parts,
                         std::optional<stream_token> paid = std::nullopt);
  ~media_session() override;

  /// Its connection; before anything else.
  void attach(const std::shared_ptr<websocket::connection>& x);

  // -- from the connection
  void on_open() override;
  void on_text(std::string_view text) override;
  void on_binary() override;
  void on_closed(const websocket::closing& how) override;

  // -- from the leg
  void report_to(const leg_client_actor& client);
  void listen_for(const listening_options& what);
  void play(std::span<const uint8_t> mulaw);
  void mark(const std::string& name);
  void clear();
  /// From any thread.
  void close(uint16_t code, std::string reason);

  /// The call never began: what was set aside for it goes back.
  void give_back();

  /// No `start` in time.
  void start_timed_out();

private:
  enum class stage : uint8_t { waiting, started, over };

  std::chrono::steady_clock::time_point now() const;
  void on_start(const twilio_start& x);
  void on_media(const twilio_media& x);
  void on_stop();
  void on_key(const twilio_dtmf& x);
  void hear(std::span<const uint8_t> mulaw);
  void hear_tones(std::span<const uint8_t> step);
  void flush();
  void count_frames();
  void bad_message(uint16_t code, const std::string& what);
  void violation(uint16_t code, const std::string& what);
  void refuse(const std::string& reason, const std::string& explanation);
  void shut(uint16_t code, const std::string& reason);

  std::shared_ptr<const media_parts> parts_;
  std::weak_ptr<websocket::connection> wire_;
  stage stage_ = stage::waiting;
  std::optional<stream_token> paid_; ///< until the call has begun
  std::string stream_sid_;
  std::unique_ptr<voice_detector> detector_;
  std::unique_ptr<tone_detector> tones_;
  std::vector<tone_event> tones_heard_; ///< in the step being heard
  key_merger keys_;
  audio_clock clock_;
  leg_reporter reporter_;
  twilio_media_parser parser_;
  twilio_event event_;
  std::vector<uint8_t> frame_; ///< the audio of the message being read
  std::vector<uint8_t> batch_; ///< audio that has not crossed yet
  int64_t heard_ms_ = 0;       ///< where the next byte heard lies
  std::size_t heard_part_ = 0; ///< ... and so many bytes (0 to 7) behind that
  int64_t batch_at_ms_ = 0;    ///< of the first byte of `batch_`
  std::size_t batch_size_;
  rate_limit audio_rate_;
  rate_limit message_rate_;
  std::deque<std::chrono::steady_clock::time_point> bad_;
  std::size_t frames_in_ = 0; ///< not yet in the metrics
  std::size_t bytes_in_ = 0;
  std::string closed_by_us_;
};

} // namespace velox::carriers::twilio

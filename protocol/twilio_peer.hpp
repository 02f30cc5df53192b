#pragma once

#include "protocol/twilio_media.hpp"

/// The other end of Twilio Media Streams: what Twilio itself writes and reads.
/// For `velox call`, the load generator and tests. Like Twilio, numbers are
/// written as strings.

namespace velox {

/// Writes the frames of one stream, counting them.
class twilio_peer_writer {
public:
  explicit twilio_peer_writer(std::string stream_sid)
    : stream_sid_(std::move(stream_sid)) {}

  /// The first frame.
  void append_connected(std::string& out);

  /// The second; `start.stream_sid` is replaced by the writer's own.
  void append_start(std::string& out, const twilio_start& start);

  /// A stretch of audio at `timestamp_ms` since the start.
  void append_media(std::string& out, uint64_t timestamp_ms,
                    std::span<const uint8_t> mulaw,
                    twilio_track track = twilio_track::inbound);

  /// A key press.
  void append_dtmf(std::string& out, char digit);

  /// A mark is returned.
  void append_mark(std::string& out, std::string_view name);

  /// The end.
  void append_stop(std::string& out, std::string_view account_sid,
                   std::string_view call_sid);

  const std::string& stream_sid() const { return stream_sid_; }

private:
  void append_sequence(std::string& out);

  std::string stream_sid_;
  uint64_t sequence_ = 0;
  uint64_t chunk_ = 0;
};

/// The engine sent audio; the bytes were appended to the caller's buffer.
struct engine_media {
  std::string stream_sid;
  size_t payload_size = 0;
};

/// The engine asks for a mark.
struct engine_mark {
  std::string stream_sid;
  std::string name;
};

/// The engine drops what was not played yet.
struct engine_clear {
  std::string stream_sid;
};

using engine_frame = std::variant<engine_media, engine_mark, engine_clear>;

/// Reads what an engine sends, as strictly as Twilio does: an unknown event is
/// an error (`wrong_type` of "event"). Audio is appended to `audio`; on an
/// error both outputs are as before.
twilio_media_error
parse_engine_frame(std::string_view text, engine_frame& frame,
                   std::vector<uint8_t>& audio);

} // namespace velox

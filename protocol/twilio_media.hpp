#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Twilio Media Streams: what the carrier sends on the media socket, and what
/// the engine sends back (Twilio docs, "Media Streams - WebSocket Messages").
/// Every frame is one JSON text. Audio is mu-law, 8 kHz, mono, base64.

namespace velox {

// -- what the carrier sends
// ----------------------------------------------------

/// The first frame; it names no call yet.
struct twilio_connected {
  std::string protocol{}; ///< "Call"
  std::string version{};  ///< "1.0.0"
};

/// The stream begins. What the TwiML passed as <Parameter> arrives here.
struct twilio_start {
  std::string account_sid{};
  std::string stream_sid{};
  std::string call_sid{};
  std::string encoding = "audio/x-mulaw";
  unsigned sample_rate = 8000; ///< per second
  unsigned channels = 1;
  std::map<std::string, std::string, std::less<>> parameters{};
};

/// Whose voice a media frame carries.
enum class twilio_track : uint8_t { inbound, outbound };

/// A stretch of audio, usually 20 ms. The bytes themselves were appended to the
/// caller's buffer.
struct twilio_media {
  twilio_track track = twilio_track::inbound;
  uint64_t sequence = 0;     ///< of the frame; 0 when the carrier gave none
  uint64_t chunk = 0;        ///< counts media frames from 1
  uint64_t timestamp_ms = 0; ///< since the start of the stream
  size_t payload_size = 0;   ///< how many bytes were appended
};

/// The caller pressed a key.
struct twilio_dtmf {
  std::string digit{}; ///< one of 0-9 * # A-D
};

/// All audio before this mark was played, or it was cleared.
struct twilio_mark {
  std::string name{};
};

/// The stream or the call ended.
struct twilio_stop {
  std::string account_sid{};
  std::string call_sid{};
};

/// An event that this version does not know; to be ignored.
struct twilio_unknown {
  std::string event{};
};

using twilio_event
  = std::variant<twilio_unknown, twilio_connected, twilio_start, twilio_media,
                 twilio_dtmf, twilio_mark, twilio_stop>;

/// Why a frame was not understood.
enum class twilio_media_errc : uint8_t {
  none,
  too_large,     ///< longer than the parser admits
  too_deep,      ///< objects nested deeper than any frame of the protocol
  malformed,     ///< no JSON object
  missing_field, ///< a field that the event cannot do without
  wrong_type,    ///< a field of another JSON type than the protocol says
  bad_base64,    ///< the payload
};

/// What was wrong, and with which field ("media.payload"; empty when the frame
/// as a whole is meant).
struct twilio_media_error {
  twilio_media_errc code = twilio_media_errc::none;
  std::string_view field;

  /// True when there is an error.
  explicit operator bool() const { return code != twilio_media_errc::none; }
};

/// One sentence for log and operator; it names the field, never its value.
std::string to_text(const twilio_media_error& error);

/// Reads frames of one socket. The usual media frame is scanned in place,
/// without a document and without allocation; everything else, and a media
/// frame of another shape, takes the general way. Numbers are accepted as
/// numbers and as strings; unknown fields are ignored.
class twilio_media_parser {
public:
  /// Frames may have up to `max_frame` bytes.
  explicit twilio_media_parser(size_t max_frame = 256 * 1024)
    : max_frame_(max_frame) {}

  /// Reads one frame into `event`; audio is appended to `audio`. On an error
  /// both are as before.
  twilio_media_error parse(std::string_view frame, twilio_event& event,
                           std::vector<uint8_t>& audio);

  /// How many frames took the fast way.
  uint64_t fast_frames() const { return fast_frames_; }

private:
  size_t max_frame_;
  uint64_t fast_frames_ = 0;
};

// -- what the engine sends
// -----------------------------------------------------

/// Appends a frame with audio to be played. Allocates nothing when `out` has
/// room (`media_frame_size`).
void append_media_frame(std::string& out, std::string_view stream_sid,
                        std::span<const uint8_t> mulaw);

/// Room that a media frame of `bytes` mu-law bytes needs.
size_t media_frame_size(std::string_view stream_sid, size_t bytes);

/// Appends a frame that asks for `name` back once all before it was heard.
void append_mark_frame(std::string& out, std::string_view stream_sid,
                       std::string_view name);

/// Appends a frame that drops all audio not yet heard; the carrier returns
/// every pending mark at once.
void append_clear_frame(std::string& out, std::string_view stream_sid);

} // namespace velox

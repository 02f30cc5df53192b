#include "adapters/speech/voice/detector.hpp"

#include "adapters/speech/voice/levels.hpp"
#include "protocol/g711.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <stdexcept>

// Exported by libwebrtc_audio_processing, whose package leaves out the header
// (webrtc/common_audio/vad/include/webrtc_vad.h).
extern "C" {
struct WebRtcVadInst;
WebRtcVadInst* WebRtcVad_Create();
void WebRtcVad_Free(WebRtcVadInst* handle);
int WebRtcVad_Init(WebRtcVadInst* handle);
int WebRtcVad_set_mode(WebRtcVadInst* handle, int mode);
int WebRtcVad_Process(WebRtcVadInst* handle, int rate, const int16_t* audio,
                      size_t size);
}

namespace velox::speech {

namespace {

/// 3 is the mode that takes the fewest noises for speech.
constexpr int strictest = 3;

/// A caller who speaks may fall this much below the gate between syllables.
constexpr double hysteresis_db = 3;

/// However loud the line is, this is taken for speech.
constexpr double highest_gate_dbfs = -20;

/// What lies between the least and the most sensitive gate. The gate against
/// our own voice stays where it is: its echo does not depend on the caller.
constexpr double quiet_range_db = 20;
constexpr double noise_range_db = 8;

struct free_vad {
  void operator()(WebRtcVadInst* x) const { WebRtcVad_Free(x); }
};

class webrtc_detector : public voice_detector {
public:
  explicit webrtc_detector(const detector_options& options)
    : options_(options), vad_(WebRtcVad_Create()),
      far_(options.echo_window_ms) {
    if (!vad_)
      throw std::bad_alloc{};
    if (WebRtcVad_Init(vad_.get()) != 0
        || WebRtcVad_set_mode(vad_.get(), strictest) != 0)
      throw std::runtime_error("WebRTC's voice detection does not start");
  }

  voice_change near_end(std::span<const uint8_t> mulaw) override {
    auto result = voice_change::none;
    for (auto byte : mulaw) {
      frame_[filled_++] = mulaw_to_linear(byte);
      if (filled_ < frame_size)
        continue;
      filled_ = 0;
      if (auto change = next_frame(); change != voice_change::none)
        result = change;
    }
    return result;
  }

  void far_end(std::span<const uint8_t> mulaw) override { far_.queue(mulaw); }

  void far_end_cleared() override { far_.clear(); }

  void set_sensitivity(double x) override {
    // Half of it is the measured default; NaN is, too.
    auto more = x >= 0 && x <= 1 ? x - 0.5 : 0;
    quiet_dbfs_ = options_.quiet_dbfs - quiet_range_db * more;
    above_noise_db_ = options_.above_noise_db - noise_range_db * more;
    onset_frames_ = std::max(2, options_.onset_frames
                                  - static_cast<int>(std::lround(4 * more)));
  }

private:
  /// The level that the caller must exceed now.
  double gate() const {
    auto noise = std::min(floor_.level() + above_noise_db_, highest_gate_dbfs);
    auto echo
      = far_.loudest() - options_.echo_return_db + options_.above_echo_db;
    auto result = std::max({quiet_dbfs_, noise, echo});
    return speaking_ ? result - hysteresis_db : result;
  }

  voice_change next_frame() {
    far_.play_frame();
    auto level = level_of(frame_);
    floor_.add(level);
    // It learns from every frame, also from those that the gate holds back.
    auto voiced
      = WebRtcVad_Process(vad_.get(), 8000, frame_.data(), frame_size);
    auto speech = voiced == 1 && level > gate();
    run_ = speech == speaking_ ? 0 : run_ + 1;
    auto needed = speaking_ ? options_.hangover_ms / frame_ms : onset_frames_;
    if (run_ < needed)
      return voice_change::none;
    run_ = 0;
    speaking_ = speech;
    return speaking_ ? voice_change::started : voice_change::stopped;
  }

  const detector_options options_;
  double quiet_dbfs_ = options_.quiet_dbfs;
  double above_noise_db_ = options_.above_noise_db;
  int onset_frames_ = options_.onset_frames;
  std::unique_ptr<WebRtcVadInst, free_vad> vad_;
  noise_floor floor_;
  far_end_levels far_;
  std::array<int16_t, frame_size> frame_{};
  size_t filled_ = 0;
  bool speaking_ = false;
  /// Frames in a row that say otherwise than `speaking_`.
  int run_ = 0;
};

} // namespace

std::unique_ptr<voice_detector>
make_voice_detector(const detector_options& options) {
  return std::make_unique<webrtc_detector>(options);
}

} // namespace velox::speech

#include "adapters/speech/tones/detector.hpp"

#include "adapters/speech/tones/tone_tracker.hpp"
#include "protocol/g711.hpp"

#include <array>
#include <new>
#include <optional>
#include <spandsp.h>

namespace velox::speech {

namespace {

struct free_receiver {
  void operator()(dtmf_rx_state_t* x) const { dtmf_rx_free(x); }
};

class line_tones final : public tone_detector {
public:
  explicit line_tones(const listening_options& options) {
    if (options.keys) {
      keys_.reset(dtmf_rx_init(nullptr, on_digits, this));
      if (!keys_)
        throw std::bad_alloc{};
    }
    if (options.machines)
      tracker_.emplace();
  }

  void near_end(std::span<const uint8_t> mulaw,
                std::vector<tone_event>& heard) override {
    heard_ = &heard;
    for (auto byte : mulaw) {
      frame_[filled_++] = mulaw_to_linear(byte);
      if (filled_ < frame_.size())
        continue;
      filled_ = 0;
      if (keys_)
        dtmf_rx(keys_.get(), frame_.data(), static_cast<int>(frame_.size()));
      if (tracker_)
        if (auto tone = tracker_->add(frame_))
          heard.emplace_back(tone_heard{*tone});
    }
    heard_ = nullptr;
  }

private:
  static void on_digits(void* me, const char* digits, int count) {
    auto& self = *static_cast<line_tones*>(me);
    for (int i = 0; i < count && self.heard_; ++i)
      self.heard_->emplace_back(key_pressed{digits[i]});
  }

  std::unique_ptr<dtmf_rx_state_t, free_receiver> keys_;
  std::optional<tone_tracker> tracker_;
  std::array<int16_t, tone_tracker::frame_size> frame_{};
  size_t filled_ = 0;
  /// Set while `near_end` runs, for the callback.
  std::vector<tone_event>* heard_ = nullptr;
};

} // namespace

std::unique_ptr<tone_detector>
make_tone_detector(const listening_options& options) {
  return std::make_unique<line_tones>(options);
}

} // namespace velox::speech

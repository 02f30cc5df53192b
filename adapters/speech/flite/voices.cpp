#include "adapters/speech/flite/voices.hpp"

#include "adapters/speech/resampler.hpp"
#include "protocol/g711.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <flite/flite.h>
#include <memory>
#include <mutex>
#include <stdexcept>

extern "C" {
cst_voice* register_cmu_us_slt(const char* directory);
cst_voice* register_cmu_us_kal16(const char* directory);
cst_voice* register_cmu_us_rms(const char* directory);
cst_voice* register_cmu_us_awb(const char* directory);
}

namespace velox::speech {

class flite_voice {
public:
  const char* name;
  cst_voice* (*load)(const char*);
  /// Brings the voice to −20 dBFS while it speaks.
  double gain;
  cst_voice* voice = nullptr;
};

namespace {

/// No sample of silence is louder (−44 dBFS).
constexpr int quiet = 200;

/// Samples kept before the first sound (30 ms).
constexpr ptrdiff_t lead_in = 240;

/// Makes mu-law of what flite streams, and hands it on.
struct stream {
  const std::function<bool(std::span<const uint8_t>)>& sink;
  double gain;
  std::unique_ptr<resampler> to_8k = nullptr;
  std::vector<int16_t> loud = {};
  std::vector<int16_t> samples = {};
  std::vector<uint8_t> mulaw = {};
  bool stopped = false;

  bool add(const cst_wave* wave, int start, int size) {
    if (!to_8k)
      to_8k = std::make_unique<resampler>(
        static_cast<uint32_t>(wave->sample_rate), 8000);
    loud.resize(static_cast<size_t>(size));
    for (size_t i = 0; i < loud.size(); ++i)
      loud[i] = static_cast<int16_t>(std::clamp(
        wave->samples[start + static_cast<int>(i)] * gain, -32767.0, 32767.0));
    samples.clear();
    to_8k->process(loud, samples);
    return hand_on();
  }

  bool finish() {
    samples.clear();
    if (to_8k)
      to_8k->finish(samples);
    return hand_on();
  }

  bool hand_on() {
    if (!begun)
      skip_leading_silence();
    mulaw.resize(samples.size());
    std::transform(samples.begin(), samples.end(), mulaw.begin(),
                   [](int16_t x) { return linear_to_mulaw(x); });
    stopped = stopped || (!mulaw.empty() && !sink(mulaw));
    return !stopped;
  }

  /// Every utterance of flite begins with some 250 ms of silence, for which
  /// the caller would wait.
  void skip_leading_silence() {
    waiting.insert(waiting.end(), samples.begin(), samples.end());
    samples.clear();
    auto sound = std::find_if(waiting.begin(), waiting.end(),
                              [](int16_t x) { return std::abs(x) > quiet; });
    begun = sound != waiting.end();
    // The first sound fades in.
    if (sound - waiting.begin() > lead_in)
      waiting.erase(waiting.begin(), sound - lead_in);
    if (begun)
      samples.swap(waiting);
  }

  std::vector<int16_t> waiting = {}; ///< leading silence, the end of it
  bool begun = false;
};

int on_audio(const cst_wave* wave, int start, int size, int /*last*/,
             cst_audio_streaming_info* info) {
  auto& to = *static_cast<stream*>(info->userdata);
  return to.add(wave, start, size) ? CST_AUDIO_STREAM_CONT
                                   : CST_AUDIO_STREAM_STOP;
}

} // namespace

const flite_voice& find_flite_voice(std::string_view name) {
  static std::array<flite_voice, 4> voices{{
    {"slt", register_cmu_us_slt, 0.52},
    {"kal16", register_cmu_us_kal16, 2.06},
    {"rms", register_cmu_us_rms, 1.06},
    {"awb", register_cmu_us_awb, 0.92},
  }};
  // Loading is not thread-safe; using a loaded voice is.
  static std::once_flag loaded;
  std::call_once(loaded, [] {
    flite_init();
    for (auto& x : voices)
      x.voice = x.load(nullptr);
  });
  if (name.empty())
    name = "slt";
  for (auto& x : voices)
    if (name == x.name)
      return x;
  throw std::invalid_argument("there is no offline voice named \""
                              + std::string{name}
                              + "\": choose slt, kal16, rms or awb");
}

bool speak_with_flite(
  const flite_voice& voice, const std::string& text,
  const std::function<bool(std::span<const uint8_t>)>& sink) {
  stream to{sink, voice.gain};
  auto utterance = new_utterance();
  utt_set_input_text(utterance, text.c_str());
  utt_init(utterance, voice.voice);
  // Set on the utterance, not on the voice as flite's own functions do: the
  // voice is shared by all threads. The utterance frees it.
  auto info = new_audio_streaming_info();
  info->asc = on_audio;
  info->userdata = &to;
  feat_set(utterance->features, "streaming_info",
           audio_streaming_info_val(info));
  utt_synth(utterance);
  delete_utterance(utterance);
  return !to.stopped && to.finish();
}

} // namespace velox::speech

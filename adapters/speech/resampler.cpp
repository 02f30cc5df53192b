#include "adapters/speech/resampler.hpp"

#include <speex/speex_resampler.h>
#include <stdexcept>

namespace velox::speech {

namespace {

/// Of 0 to 10; the telephone band needs no better stop band than this gives.
constexpr int filter_quality = 6;

} // namespace

struct resampler::state {
  uint32_t from;
  uint32_t to;
  SpeexResamplerState* speex = nullptr;

  ~state() {
    if (speex)
      speex_resampler_destroy(speex);
  }
};

resampler::resampler(uint32_t from, uint32_t to)
  : state_(new state{from, to, nullptr}) {
  int error = RESAMPLER_ERR_SUCCESS;
  if (from != to)
    state_->speex = speex_resampler_init(1, from, to, filter_quality, &error);
  if (from == 0 || to == 0 || error != RESAMPLER_ERR_SUCCESS)
    throw std::runtime_error("cannot resample from " + std::to_string(from)
                             + " Hz to " + std::to_string(to) + " Hz");
  if (state_->speex)
    speex_resampler_skip_zeros(state_->speex);
}

resampler::~resampler() = default;

void resampler::process(std::span<const int16_t> samples,
                        std::vector<int16_t>& out) {
  if (!state_->speex) {
    out.insert(out.end(), samples.begin(), samples.end());
    return;
  }
  while (!samples.empty()) {
    auto before = out.size();
    auto used = static_cast<spx_uint32_t>(samples.size());
    auto made = static_cast<spx_uint32_t>(
      samples.size() * state_->to / state_->from + 16);
    out.resize(before + made);
    speex_resampler_process_int(state_->speex, 0, samples.data(), &used,
                                out.data() + before, &made);
    out.resize(before + made);
    samples = samples.subspan(used);
  }
}

void resampler::finish(std::vector<int16_t>& out) {
  if (!state_->speex)
    return;
  auto delay = speex_resampler_get_input_latency(state_->speex);
  process(std::vector<int16_t>(static_cast<size_t>(delay)), out);
}

} // namespace velox::speech

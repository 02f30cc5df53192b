#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace velox::speech {

/// Changes the sampling rate of one mono stream, with a low-pass below half of
/// the lower rate (speexdsp). Neither leads nor trails the input: the filter's
/// delay is cut off at the beginning and made up for by `finish`.
class resampler {
public:
  /// Rates in Hz. Throws `std::runtime_error` for a rate of 0.
  resampler(uint32_t from, uint32_t to);
  ~resampler();

  resampler(const resampler&) = delete;
  resampler& operator=(const resampler&) = delete;

  /// Appends what `samples` adds to the output.
  void process(std::span<const int16_t> samples, std::vector<int16_t>& out);

  /// Appends what is still inside; the stream is over.
  void finish(std::vector<int16_t>& out);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace velox::speech

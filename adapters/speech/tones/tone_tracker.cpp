#include "adapters/speech/tones/tone_tracker.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace velox::speech {

namespace {

constexpr double frame_ms = 20;

/// Beeps of answering machines (measured ones lie from 440 to 2000 Hz).
constexpr double lowest_hz = 400;
constexpr double highest_hz = 2040;
/// T.30, 4.1: CED is 2100 Hz ± 15 Hz; a line shifts it a little.
constexpr double lowest_ced = 2070;
constexpr double highest_ced = 2130;
/// T.30, 4.1: CNG is 1100 Hz ± 38 Hz.
constexpr double lowest_cng = 1062;
constexpr double highest_cng = 1138;

constexpr double least_dbfs = -42;
constexpr double silence_dbfs = -50;
/// Silence is also what is this much quieter than the tone (noisy lines).
constexpr double silence_below_tone = 20;

constexpr double most_impurity = 0.02;
constexpr double least_steadiness = 0.3;
/// A steady tone stays within this of its beginning.
constexpr double most_hz_change = 0.02;
constexpr double most_db_change = 3;

constexpr int least_beep = 8;  ///< frames, the cut ones at the ends apart
constexpr int most_beep = 150; ///< 3 s: longer is no beep
constexpr int least_ced = 15;

bool is_pure(const tone_measure& x) {
  return x.impurity <= most_impurity && x.steadiness >= least_steadiness;
}

bool is_tonal(const tone_measure& x) {
  return is_pure(x) && x.level_dbfs >= least_dbfs && x.hz >= lowest_hz
         && x.hz <= highest_ced;
}

} // namespace

tone_measure measure_tone(std::span<const int16_t> samples) {
  // With s = x[n-1] + x[n+1] and c = 2 cos(w): minimise sum (s - c x[n])².
  constexpr size_t stretch = 20;
  float xx = 0;
  float xs = 0;
  float ss = 0;
  float softest = 1e30f;
  float loudest = 0;
  float power = 0;
  for (size_t i = 1; i + 1 < samples.size(); ++i) {
    auto x = static_cast<float>(samples[i]);
    auto s
      = static_cast<float>(samples[i - 1]) + static_cast<float>(samples[i + 1]);
    xs += x * s;
    ss += s * s;
    power += x * x;
    if (i % stretch != 0)
      continue;
    softest = std::min(softest, power);
    loudest = std::max(loudest, power);
    xx += std::exchange(power, 0.f);
  }
  xx += power;
  tone_measure result;
  if (xx <= 0)
    return result;
  auto total = static_cast<double>(xx);
  auto count = static_cast<double>(samples.size() - 2);
  result.level_dbfs
    = 10 * std::log10(total / count / (32768. * 32768.) + 1e-12);
  auto c = static_cast<double>(xs) / total;
  if (std::abs(c) >= 2 || loudest <= 0)
    return result;
  result.hz = std::acos(c / 2) * 8000 / (2 * std::numbers::pi);
  // White noise of power p would leave p (2 + c²) behind.
  auto left = static_cast<double>(ss) - c * static_cast<double>(xs);
  result.impurity = left / ((2 + c * c) * total);
  result.steadiness = static_cast<double>(softest / loudest);
  return result;
}

bool tone_tracker::goes_on(const tone_measure& x) const {
  return is_pure(x) && std::abs(x.hz - hz_) <= most_hz_change * hz_
         && std::abs(x.level_dbfs - level_) <= most_db_change;
}

/// Whether there was silence before a tone of this level. The newest frame does
/// not count: the tone may have begun in it.
bool tone_tracker::quiet_before(double tone_dbfs) const {
  auto newest = static_cast<size_t>(frame_ - 1) % before_.size();
  for (size_t i = 0; i < before_.size(); ++i)
    if (i != newest && before_[i] > silence_dbfs
        && before_[i] > tone_dbfs - silence_below_tone)
      return false;
  return true;
}

void tone_tracker::begin_tone(const tone_measure& x) {
  tone_ = 1;
  missed_ = 0;
  told_ = false;
  hz_ = x.hz;
  level_ = x.level_dbfs;
}

bool tone_tracker::is_calling_fax() {
  if (hz_ < lowest_cng || hz_ > highest_cng)
    return false;
  auto ms = tone_ * frame_ms;
  if (ms < 380 || ms > 600)
    return false;
  auto since = static_cast<double>(frame_ - last_cng_) * frame_ms;
  last_cng_ = frame_;
  return since > 3000 && since < 4000; // 0.5 s of tone, 3 s of silence, ±15 %
}

std::optional<line_tone> tone_tracker::end_tone() {
  auto whole = tone_ >= least_beep && tone_ <= most_beep && from_silence_;
  auto beep = hz_ >= lowest_hz && hz_ <= highest_hz;
  auto fax = is_calling_fax();
  tone_ = 0;
  if (!whole || told_)
    return std::nullopt;
  if (fax)
    return line_tone::fax;
  return beep ? std::optional{line_tone::beep} : std::nullopt;
}

std::optional<line_tone> tone_tracker::add_to_tone(const tone_measure& x) {
  if (goes_on(x)) {
    ++tone_;
    missed_ = 0;
    auto answering = hz_ >= lowest_ced && hz_ <= highest_ced;
    if (!answering || tone_ != least_ced || !from_silence_)
      return std::nullopt;
    told_ = true;
    return line_tone::fax;
  }
  // Its first frame may have been cut: the second one knows better.
  if (tone_ == 1 && missed_ == 0 && is_tonal(x)) {
    begin_tone(x);
    return std::nullopt;
  }
  // One frame is forgiven: a lost packet, the phase reversal of a modem.
  if (++missed_ == 1)
    return std::nullopt;
  auto silent
    = x.level_dbfs < silence_dbfs || x.level_dbfs < level_ - silence_below_tone;
  auto result = end_tone();
  before_.fill(silent ? x.level_dbfs : 0);
  // A tone that becomes speech or music is no machine's beep.
  return silent ? result : std::nullopt;
}

std::optional<line_tone>
tone_tracker::add(std::span<const int16_t, frame_size> samples) {
  ++frame_;
  auto x = measure_tone(samples);
  if (tone_ > 0)
    return add_to_tone(x);
  if (is_tonal(x)) {
    from_silence_ = quiet_before(x.level_dbfs);
    begin_tone(x);
  } else {
    before_[static_cast<size_t>(frame_) % before_.size()] = x.level_dbfs;
  }
  return std::nullopt;
}

} // namespace velox::speech

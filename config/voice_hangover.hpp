#pragma once

#include <chrono>

namespace velox::config {

/// What our own voice detection adds to every silence before it reports it.
/// Settings and agent files name whole silences; policies count from the
/// report.
inline constexpr std::chrono::milliseconds voice_hangover{450};

/// How long after the report a silence of `span` is over; never negative.
constexpr std::chrono::milliseconds
after_report(std::chrono::milliseconds span) {
  return span > voice_hangover ? span - voice_hangover
                               : std::chrono::milliseconds{0};
}

} // namespace velox::config

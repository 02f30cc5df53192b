#pragma once

#include "protocol/ports.hpp"

namespace velox::providers {

/// A voice that can say nothing: every sentence is a `provider_failed` with
/// `provider_errc::unavailable`. Behind the phrase cache it is the last voice
/// of a list, and says what was said before (an apology) when no vendor speaks.
synthesizer_factory speechless_voice();

} // namespace velox::providers

#pragma once

#include "protocol/errc.hpp"
#include "protocol/interfaces.hpp"

namespace velox::actors {

/// What the call log keeps of a provider's failure.
log_entry provider_failure(const provider_failed& x);

/// What the stt, llm and tts actors do when their session cannot go on: they
/// tell the call log why and end, and the supervisor takes it from there.
template <class Self>
void end_with_provider(Self* self, const provider_failed& x) {
  self->send(self->state.call, provider_failure(x));
  self->quit(caf::make_error(errc::provider_failed, x.stage));
}

} // namespace velox::actors

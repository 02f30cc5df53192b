#include "actors/ghost_timeout.hpp"

namespace velox::actors {

namespace {

void look(ghost_timeout_pointer self) {
  auto& state = self->state;
  caf::timespan silence = self->clock().now() - state.last_heard;
  if (silence < state.patience) {
    wake(self, state.patience - silence, ++state.wait);
    return;
  }
  self->now_doing("reporting");
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(silence);
  self->send(state.call, caller_gone{ms.count()});
}

} // namespace

ghost_timeout_actor::behavior_type
ghost_timeout(ghost_timeout_pointer self, const hangup_actor& call,
              caf::timespan patience) {
  auto& state = self->state;
  state.call = call;
  state.patience = patience;
  state.last_heard = self->clock().now();
  self->now_doing("watching");
  wake(self, patience, ++state.wait);
  return {
    // Ten times a second for every call, so it only notes the time; the one
    // timer looks at the note when it runs out.
    [self](const caller_heard&) {
      self->state.last_heard = self->clock().now();
    },
    [self](caf::timeout_atom, uint64_t wait) {
      if (wait == self->state.wait)
        look(self);
    },
  };
}

} // namespace velox::actors

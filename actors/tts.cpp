#include "actors/tts.hpp"

#include "actors/provider_end.hpp"

namespace velox::actors {

tts_actor::behavior_type tts(tts_pointer self, const call_actor& call,
                             const synthesizer_factory& make_session,
                             const synthesizer_options& options) {
  auto& state = self->state;
  state.call = call;
  state.session
    = make_session(options, caf::actor_cast<synthesis_client_actor>(self));
  return {
    // From the session.
    [self](sentence_audio& x) {
      auto& state = self->state;
      if (x.turn <= state.cancelled)
        return;
      if (x.last)
        self->now_doing("waiting");
      self->send(state.others.stream, std::move(x));
    },
    [self](const provider_failed& x) { end_with_provider(self, x); },
    // From the tree.
    [self](const peers& x) { self->state.others = x; },
    [self](const sentence& x) {
      auto& state = self->state;
      if (x.turn <= state.cancelled)
        return;
      self->now_doing("synthesising");
      state.session->say(x);
    },
    [self](const cancel& x) {
      auto& state = self->state;
      if (x.turn <= state.cancelled)
        return;
      state.cancelled = x.turn;
      self->now_doing("waiting");
      state.session->cancel(x.turn);
    },
  };
}

} // namespace velox::actors

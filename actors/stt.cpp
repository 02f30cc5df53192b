#include "actors/stt.hpp"

#include "actors/provider_end.hpp"

namespace velox::actors {

stt_actor::behavior_type
stt(stt_pointer self, const call_actor& call,
    const recognizer_factory& make_session, const recognizer_options& options) {
  auto& state = self->state;
  state.call = call;
  state.session
    = make_session(options, caf::actor_cast<recognition_client_actor>(self));
  self->now_doing("listening");
  return {
    // From the session.
    [self](const words_partial& x) {
      self->send(self->state.others.turn_taker, x);
    },
    [self](const words_final& x) {
      self->now_doing("listening");
      self->send(self->state.others.stream, utterance_settled{});
      self->send(self->state.others.turn_taker, x);
    },
    [self](const provider_failed& x) { end_with_provider(self, x); },
    // From the tree.
    [self](const peers& x) { self->state.others = x; },
    [self](caller_audio& x) { self->state.session->hear(std::move(x.mulaw)); },
    [self](const voice_started&) {
      self->now_doing("recognising");
      self->state.session->utterance_began();
    },
    [self](const voice_stopped&) { self->state.session->utterance_ended(); },
  };
}

} // namespace velox::actors

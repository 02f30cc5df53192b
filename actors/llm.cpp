#include "actors/llm.hpp"

#include "actors/provider_end.hpp"

namespace velox::actors {

namespace {

/// The call learns of a sentence before the tts does, so that its ledger knows
/// whatever is heard.
void say(llm_pointer self, std::string text) {
  auto& state = self->state;
  sentence x{state.turn, state.next_sentence++, std::move(text)};
  self->send(state.call, x);
  self->send(state.others.tts, std::move(x));
}

void begin(llm_pointer self, const prompt& x) {
  auto& state = self->state;
  if (x.turn < state.turn || x.turn <= state.cancelled)
    return;
  state.turn = x.turn;
  state.answering = true;
  state.next_sentence = x.first_sentence;
  state.splitter = {};
  self->now_doing("thinking");
  state.session->answer(x);
}

void finish(llm_pointer self, const answer_done& x) {
  auto& state = self->state;
  while (auto rest = state.splitter.flush())
    say(self, std::move(*rest));
  state.answering = false;
  self->now_doing("waiting");
  self->send(state.call, x);
  self->send(state.others.stream,
             sentences_complete{x.turn, state.next_sentence});
}

} // namespace

llm_actor::behavior_type llm(llm_pointer self, const call_actor& call,
                             const language_model_factory& make_session,
                             const language_model_options& options) {
  self->state.call = call;
  self->state.session
    = make_session(options, caf::actor_cast<answer_client_actor>(self));
  return {
    // From the session.
    [self](const tokens& x) {
      auto& state = self->state;
      if (!state.answering || x.turn != state.turn)
        return;
      self->now_doing("answering");
      state.splitter.push(x.text);
      while (auto text = state.splitter.next())
        say(self, std::move(*text));
    },
    [self](const answer_done& x) {
      if (self->state.answering && x.turn == self->state.turn)
        finish(self, x);
    },
    [](const tool_calls&) {},
    [self](const provider_failed& x) { end_with_provider(self, x); },
    // From the tree.
    [self](const peers& x) { self->state.others = x; },
    [self](const prompt& x) { begin(self, x); },
    [self](const cancel& x) {
      auto& state = self->state;
      if (x.turn < state.turn || x.turn <= state.cancelled)
        return;
      state.turn = state.cancelled = x.turn;
      state.answering = false;
      self->now_doing("waiting");
      state.session->cancel(x.turn);
    },
  };
}

} // namespace velox::actors

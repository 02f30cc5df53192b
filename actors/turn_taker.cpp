#include "actors/turn_taker.hpp"

#include <algorithm>

namespace velox::actors {

namespace {

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};

template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

/// Cancel goes to everybody who works for the turn; the stream's answer, what
/// was heard of it, goes to the call.
void stop_everybody(turn_taker_pointer self, const cancel& x) {
  auto& others = self->state.others;
  self->send(others.stream, x);
  self->send(others.tts, x);
  self->send(others.llm, x);
}

/// Operators need not know how the end of a turn is found.
call_stage stage_of(turn_state x) {
  switch (x) {
    case turn_state::listening: return call_stage::listening;
    case turn_state::user_speaking:
    case turn_state::finishing: return call_stage::user_speaking;
    case turn_state::thinking: return call_stage::thinking;
    case turn_state::speaking:
    case turn_state::overlapping: return call_stage::speaking;
  }
  return call_stage::listening;
}

void act(turn_taker_pointer self) {
  auto& state = self->state;
  for (auto& action : state.machine.take_actions()) {
    std::visit(overloaded{[self](cancel& x) { stop_everybody(self, x); },
                          [self](auto& x) {
                            self->send(self->state.call, std::move(x));
                          }},
               action);
  }
  self->now_doing(turn_machine::to_text(state.machine.now_in()));
  if (auto stage = stage_of(state.machine.now_in()); stage != state.stage) {
    state.stage = stage;
    self->send(state.call, floor_changed{stage});
  }
  if (auto at = state.machine.next_look()) {
    caf::timespan left = *at - self->clock().now();
    wake(self, std::max(left, caf::timespan{0}), ++state.look);
  }
}

} // namespace

turn_taker_actor::behavior_type
turn_taker(turn_taker_pointer self, const call_actor& call,
           const turn_policy& policy) {
  self->state.call = call;
  self->state.machine = turn_machine{policy};
  // A fresh one in the middle of a call must not wait for ever for somebody to
  // speak.
  self->state.machine.begin(self->clock().now());
  act(self);
  auto event = [self](const auto& x) {
    self->state.machine.on(x, self->clock().now());
    act(self);
  };
  return {
    [self](const peers& x) { self->state.others = x; },
    [event](const voice_started& x) { event(x); },
    [event](const voice_stopped& x) { event(x); },
    [event](const key_pressed& x) { event(x); },
    [event](const question_asked& x) { event(x); },
    [self](const use_language& x) { self->state.machine.judge_in(x.language); },
    [event](const playback_started& x) { event(x); },
    [event](const playback_finished& x) { event(x); },
    [event](const words_partial& x) { event(x); },
    [event](const words_final& x) { event(x); },
    [event](const floor_taken& x) { event(x); },
    [self](caf::timeout_atom, uint64_t look) {
      if (look != self->state.look)
        return;
      self->state.machine.on_time(self->clock().now());
      act(self);
    },
  };
}

} // namespace velox::actors

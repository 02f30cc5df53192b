#include "actors/llm.hpp"

#include <algorithm>
#include <utility>

namespace velox::actors {

namespace {

bool same(const chat_message& a, const chat_message& b) {
  return a.role == b.role && a.text == b.text && a.interrupted == b.interrupted;
}

/// Whether what was thought ahead answers `b` as well.
bool same_question(const prompt& a, const prompt& b) {
  return a.turn == b.turn && a.said_so_far == b.said_so_far
         && std::equal(a.history.begin(), a.history.end(), b.history.begin(),
                       b.history.end(), same);
}

} // namespace

void llm_state::begin(const prompt& x) {
  if (x.turn < turn || x.turn <= cancelled)
    return;
  if (speculating && answering && same_question(asked, x)) {
    speculating = false;
    self->now_doing("answering");
    say_what_is_whole();
    if (held_calls)
      on_tool_calls(*std::exchange(held_calls, std::nullopt));
    else if (done)
      finish();
    return;
  }
  drop_all();
  turn = x.turn;
  asked = x;
  answering = true;
  speculating = false;
  next_sentence = x.first_sentence;
  splitter = sentence_splitter{speech_rules};
  said.clear();
  done.reset();
  held_calls.reset();
  open_calls.clear();
  then = next_step::listen;
  press.clear();
  ++tool_rounds;
  order = route(options.menu.routes, x);
  next_in_order = 0;
  retried = false;
  winner = 0;
  self->now_doing("thinking");
  ask_next();
}

void llm_state::speculate(const prompt& x) {
  if (answering && !speculating)
    return; // there is an answer to be given first
  begin(x);
  speculating = answering;
}

/// Nothing more of this turn.
void llm_state::stop() {
  drop_all();
  answering = false;
  speculating = false;
  self->now_doing("waiting");
}

void llm_state::on_tokens(const tokens& x) {
  if (!answering || x.turn != turn || !wins(x.attempt))
    return;
  splitter.push(x.text);
  if (speculating)
    return;
  self->now_doing("answering");
  say_what_is_whole();
}

void llm_state::on_done(const answer_done& x) {
  if (!answering || x.turn != turn || !wins(x.attempt))
    return;
  done = x;
  if (!speculating)
    finish();
}

void llm_state::say_what_is_whole() {
  while (auto text = splitter.next())
    say(std::move(*text));
}

/// The call learns of a sentence before the tts does, so that its ledger knows
/// whatever is heard.
void llm_state::say(std::string text) {
  said += (said.empty() ? "" : " ") + text;
  sentence x{turn, next_sentence++, std::move(text)};
  self->send(call, x);
  self->send(others.tts, std::move(x));
}

/// The caller has waited long enough, unless the answer has gone on by now.
void llm_state::fill(const fill_silence& filler) {
  if (!answering || speculating || filler.turn != turn
      || filler.after != next_sentence || filler.text.empty())
    return;
  sentence x{turn, next_sentence++, filler.text};
  x.filler = true;
  self->send(call, x);
  self->send(others.tts, std::move(x));
}

void llm_state::finish() {
  say_what_is_whole();
  while (auto rest = splitter.flush())
    say(std::move(*rest));
  if (then == next_step::hang_up && next_sentence == 0)
    say(options.goodbye); // nobody is hung up on without a word
  answer_done x = *std::exchange(done, std::nullopt);
  if (then != next_step::listen) {
    x.then = then;
    x.transfer_to = then == next_step::transfer ? options.transfer_number : "";
  }
  x.press += std::exchange(press, {});
  if (auto* one = find(winner)) {
    if (x.model.empty())
      x.model = options.menu.models.all.at(one->model).name;
    one->place.leave(self, options.menu.models.gateways);
    std::erase_if(attempts, [&](auto& y) { return y.number == winner; });
  }
  drop_all();
  answering = false;
  self->now_doing("waiting");
  self->send(call, x);
  self->send(others.stream, sentences_complete{x.turn, next_sentence});
}

llm_actor::behavior_type
llm(llm_pointer self, const call_actor& call, llm_options options) {
  self->state.call = call;
  self->state.options = std::move(options);
  // Whoever cannot be made is known before the first prompt.
  if (!self->state.options.menu.models.all.empty())
    self->state.session(self->state.options.menu.routes.small.front());
  return {
    // From the sessions.
    [self](const tokens& x) { self->state.on_tokens(x); },
    [self](const answer_done& x) { self->state.on_done(x); },
    [self](const tool_calls& x) { self->state.on_tool_calls(x); },
    [self](const provider_failed& x) { self->state.on_failure(x); },
    // From a tool.
    [self](const tool_result& x) { self->state.on_tool_result(x); },
    // From the tree.
    [self](const peers& x) { self->state.others = x; },
    [self](const prompt& x) { self->state.begin(x); },
    [self](const speculation& x) { self->state.speculate(x.ahead); },
    [self](const forget_speculation&) {
      if (self->state.speculating)
        self->state.stop();
    },
    [self](const fill_silence& x) { self->state.fill(x); },
    [self](const cancel& x) {
      auto& state = self->state;
      if (x.turn < state.turn || x.turn <= state.cancelled)
        return;
      state.turn = state.cancelled = x.turn;
      state.stop();
    },
    [self](caf::timeout_atom, uint64_t number) {
      self->state.on_timer(number);
    },
  };
}

} // namespace velox::actors

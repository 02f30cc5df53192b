#include "actors/call.hpp"
#include "protocol/json.hpp"

/// How a conversation begins: what must be said first, and, when we have
/// called, whether a person or a machine is there to hear it.

namespace velox::actors {

void call_state::open_call() {
  auto& how = briefing.manners;
  listening_options ears;
  ears.sensitivity = how.sensitivity;
  ears.keys = how.keys_in_band;
  ears.machines = options.start.outbound;
  options.leg->listen_for(ears);
  waiting = waiting_caller{how, briefing.lines.fillers};
  talk.ledger().spoken_in(agent.language);
  sound();
  if (how.record && options.services->record) {
    // Of a resumed call, the caller knows only what was said before it was
    // lost.
    if (consented || how.consent == recording_consent::not_needed)
      start_recording();
    else if (how.consent == recording_consent::announced)
      openings = {opening::notice};
    else
      openings = {opening::question};
  }
  openings.push_back(opening::greeting);
  if (options.start.outbound && !options.start.resumed) {
    // Who picks up speaks first, or expects us to after a moment.
    hold_greeting = true;
    screening = machine_screen{how.when_machine};
    screening.begin(self->clock().now());
    screen(machine_screen::action::none);
  } else {
    next_opening();
  }
}

/// Says the next thing that has to be said before the conversation.
void call_state::next_opening() {
  if (now_in != phase::live || openings.empty())
    return;
  auto next = openings.front();
  openings.pop_front();
  switch (next) {
    case opening::notice:
      // Recorded from here on, and nobody can talk over it.
      start_recording();
      say({briefing.lines.recording_notice}, false);
      break;
    case opening::question:
      consent_open = true;
      ++consent_asked;
      say({briefing.lines.recording_question}, true);
      break;
    case opening::greeting: greet(); break;
  }
}

void call_state::greet() {
  auto first = !options.start.resumed || talk.history().empty();
  if (first && !briefing.lines.greeting.empty()) {
    say({briefing.lines.greeting}, true);
    return;
  }
  if (first) {
    auto x = talk.ask_model(1);
    take_floor(true);
    self->send(members.llm, std::move(x));
    return;
  }
  // The caller's last words may have been lost with the socket: ask, rather
  // than answer what is half a minute old.
  say({briefing.lines.reconnected}, true);
}

// -- whom we have called
// ----------------------------------------------------------

/// Does what the screen has decided, and comes back when it wants to look.
void call_state::screen(machine_screen::action x) {
  if (now_in != phase::live)
    return;
  using action = machine_screen::action;
  switch (x) {
    case action::none:
    case action::answer: break;
    case action::greet:
      if (std::exchange(hold_greeting, false))
        next_opening();
      break;
    case action::fall_silent:
      log("machine-answered", talk.turn());
      openings.clear();
      consent_open = hold_greeting = false;
      pending_answer.reset();
      if (talk.current().turn != 0 && !talk.current().over)
        stop_speaking();
      break;
    case action::leave_message: leave_message(); break;
    case action::hang_up:
      log("machine-answered", talk.turn());
      finish(end_reason::answering_machine,
             "A machine has answered, and the agent does not talk to one.");
      break;
  }
  if (auto at = screening.next_look())
    set_timer(timer::screen, *at - self->clock().now());
}

void call_state::leave_message() {
  openings.clear();
  consent_open = hold_greeting = false;
  pending_answer.reset();
  if (talk.current().turn != 0 && !talk.current().over)
    stop_speaking();
  auto& text = briefing.manners.voicemail_message;
  log("message-left", talk.turn() + 1);
  say({text.empty() ? briefing.lines.greeting : text}, false);
  talk.current().then = next_step::hang_up;
}

/// Whether these words are no turn of a conversation (yet).
bool call_state::screened(const user_turn& x) {
  if (!options.start.outbound || options.start.resumed)
    return false;
  auto decided = screening.on_words(x.text, self->clock().now());
  screen(decided);
  if (decided != machine_screen::action::answer)
    return true;
  if (std::exchange(hold_greeting, false) && !openings.empty()) {
    // "Hello?" is answered by our own hello.
    if (!x.text.empty())
      talk.user_said(x.text);
    next_opening();
    return true;
  }
  return false;
}

} // namespace velox::actors

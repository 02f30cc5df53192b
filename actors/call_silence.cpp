#include "actors/call.hpp"
#include "protocol/json.hpp"

#include <algorithm>

/// No silence without an owner: whoever waits hears something, whoever says
/// nothing is asked, and what nobody can explain is mended.

namespace velox::actors {

namespace {

/// An answer that is nearly there needs no background sound.
constexpr caf::timespan ambience_after = std::chrono::milliseconds{600};

/// When a filler could not be said, it is tried again after this.
constexpr caf::timespan again_after = std::chrono::seconds{1};

/// So many unexplained silences in a row, and the call is beyond help.
constexpr uint32_t most_lulls = 3;

} // namespace

// -- the caller waits
// --------------------------------------------------------------

void call_state::caller_waits() {
  if (auto due = waiting.due())
    set_timer(timer::filler, *due - self->clock().now());
  if (!briefing.manners.ambience.empty())
    set_timer(timer::ambience, ambience_after);
}

void call_state::caller_is_served() {
  if (!waiting.since())
    return;
  waiting.is_served();
  self->send(members.stream, ambience{false});
}

/// Only the model's own silence is filled: what a slow voice owes would have to
/// be said before the filler.
void call_state::fill() {
  auto& current = talk.current();
  if (now_in != phase::live || !waiting.since())
    return;
  auto now = self->clock().now();
  if (waiting.due() > now) {
    set_timer(timer::filler, *waiting.due() - now);
    return;
  }
  auto thinking = current.from_model && !current.complete && !current.over;
  if (!thinking || !talk.ledger().unsent(current.turn).empty()) {
    set_timer(timer::filler, again_after);
    return;
  }
  auto said = talk.ledger().sentences(current.turn);
  self->send(members.llm,
             fill_silence{current.turn, said, waiting.filler(now)});
  if (waiting.due())
    set_timer(timer::filler, *waiting.due() - now);
}

void call_state::on_presence(const presence_asked& x) {
  auto& current = talk.current();
  if (now_in != phase::live || x.turn != current.turn || current.over
      || !current.from_model || current.complete)
    return;
  log("presence-asked", x.turn);
  if (talk.ledger().unsent(x.turn).empty())
    self->send(members.llm,
               fill_silence{x.turn, talk.ledger().sentences(x.turn),
                            briefing.lines.here});
}

// -- the caller is silent
// ----------------------------------------------------------

void call_state::on_idle(const caller_idle& x) {
  if (now_in != phase::live || hold_greeting
      || screening.now_in() == machine_screen::stage::machine)
    return;
  log("caller-idle", talk.turn(), json_object{}.add("times", x.times).str());
  auto& lines = briefing.lines;
  if (consent_open)
    decide_consent(false);
  else if (x.times > briefing.manners.idle_prompts)
    finish(end_reason::caller_idle, "The caller said nothing when asked.",
           lines.idle_goodbye);
  else if (!say_what_is_due())
    say({x.times % 2 == 1 ? lines.still_there : lines.still_there_again}, true);
}

// -- time is short
// ------------------------------------------------------------------

void call_state::on_near_end(const deadline_near& x) {
  if (now_in != phase::live)
    return;
  log("deadline-near", talk.turn(),
      json_object{}.add("left_ms", x.left_ms).str());
  warning_due = true;
  auto& current = talk.current();
  if (current.over && !pending_answer && !hold_greeting)
    say_what_is_due();
}

/// The agent has the floor to itself: what it wanted to say beside the
/// conversation can be said. False when there is nothing.
bool call_state::say_what_is_due() {
  if (!std::exchange(warning_due, false))
    return false;
  say({briefing.lines.almost_over}, true);
  warning_turn = talk.turn();
  return true;
}

// -- nobody owns the silence
// -------------------------------------------------------

/// Somebody, on either side, was heard.
void call_state::sound() {
  lulls = 0;
  watch_for_lull();
}

void call_state::watch_for_lull() {
  // The turn taker's own patience comes first.
  auto own = turns().idle + std::chrono::seconds{10};
  set_timer(timer::lull, std::max(options.services->limits.lull, own));
}

/// Each stage watches over itself. If the call is silent all the same, those
/// who could have lost the thread are started afresh and the caller is asked.
void call_state::on_lull() {
  if (now_in != phase::live)
    return;
  watch_for_lull();
  if (screening.now_in() == machine_screen::stage::machine)
    return; // it talks, and we are told nothing of that
  log("lull", talk.turn(), json_object{}.add("times", ++lulls).str());
  if (lulls > most_lulls) {
    finish(end_reason::too_many_restarts,
           "The call was silent and could not be mended.",
           briefing.lines.trouble);
    return;
  }
  if (talk.current().turn != 0 && !talk.current().over)
    children->kill("llm");
  children->kill("turn-taker");
}

} // namespace velox::actors

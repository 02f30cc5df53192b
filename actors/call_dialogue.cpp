#include "actors/call.hpp"
#include "protocol/dial_tones.hpp"
#include "protocol/json.hpp"

#include <algorithm>

namespace velox::actors {

namespace {

/// Whether `text` is all of `whole` or, as long sentences are spoken in pieces,
/// at least two words of it.
bool is_part_of(const std::string& text, const std::string& whole) {
  return text == whole
         || (text.find(' ') != std::string::npos
             && whole.find(text) != std::string::npos);
}

} // namespace

// -- the caller's turns
// ------------------------------------------------------------

void call_state::on_user_turn(const user_turn& x) {
  if (now_in != phase::live)
    return;
  kept_words.clear();
  sound();
  if (screened(x))
    return;
  if (consent_open) {
    on_consent(x);
    return;
  }
  asked_at = self->clock().now();
  waiting.asked(*asked_at);
  caller_waits();
  if (!x.text.empty())
    talk.user_said(x.text);
  log("user-turn", talk.turn() + 1,
      json_object{}.add("text", x.text).add("confidence", x.confidence).str());
  log_message(talk.last_user_message());
  pending_answer = question{x.text.empty() ? 0 : x.confidence, x.keys};
  answer_when_clear();
}

/// The model may think ahead. What it is asked must be what it will be asked,
/// so nothing may be open.
void call_state::on_likely_over(const turn_likely_over& x) {
  if (now_in == phase::live && !pending_answer && talk.ledger().all_closed())
    self->send(members.llm, speculation{talk.preview(x.text, x.confidence)});
}

/// A model is told only what was heard, so it is asked when that is known.
void call_state::answer_when_clear() {
  if (now_in != phase::live || !pending_answer || !talk.ledger().all_closed())
    return;
  auto asked = *std::exchange(pending_answer, std::nullopt);
  auto x = talk.ask_model(asked.confidence, std::move(asked.keys));
  tools_run = false;
  take_floor(true);
  self->send(members.llm, std::move(x));
}

void call_state::on_resume(const resume_turn& x) {
  if (now_in != phase::live || pending_answer)
    return;
  if (!talk.ledger().closed(x.turn)) { // the cut is still on its way
    resume_after_cut = x.turn;
    return;
  }
  auto more = talk.resume(x.turn);
  if (!more)
    return;
  if (talk.turn() == x.turn) { // heard to its end after all
    self->send(members.turn_taker, playback_finished{x.turn});
    return;
  }
  log("resumed", x.turn, json_object{}.add("as", talk.turn()).str());
  take_floor(true);
  speak(more->lines);
  if (!more->rest && !more->lines.empty())
    self->send(members.turn_taker,
               question_asked{talk.turn(), more->lines.back().text});
  if (more->rest)
    self->send(members.llm, std::move(*more->rest));
  else
    self->send(members.stream,
               sentences_complete{talk.turn(),
                                  static_cast<uint32_t>(more->lines.size())});
}

// -- the agent's turns
// ---------------------------------------------------------------

void call_state::take_floor(bool interruptible) {
  floor_guarded = !interruptible;
  self->send(members.turn_taker, floor_taken{talk.turn(), interruptible});
}

/// While a sentence that may not be interrupted is heard, the caller cannot
/// take the floor.
void call_state::guard_floor() {
  auto& current = talk.current();
  auto& guarded = briefing.manners.protected_sentences;
  if (guarded.empty() || now_in != phase::live || current.over
      || current.turn == 0)
    return;
  auto text = talk.ledger().being_heard(current.turn);
  auto guard = std::any_of(guarded.begin(), guarded.end(), [&](auto& whole) {
    return is_part_of(text, whole);
  });
  if (guard == floor_guarded)
    return;
  take_floor(!guard);
}

void call_state::say(const std::vector<std::string>& lines,
                     bool interruptible) {
  auto sentences = talk.say(lines);
  caller_is_served();
  take_floor(interruptible);
  speak(sentences);
  if (!lines.empty())
    self->send(members.turn_taker, question_asked{talk.turn(), lines.back()});
  self->send(
    members.stream,
    sentences_complete{talk.turn(), static_cast<uint32_t>(sentences.size())});
}

void call_state::speak(const std::vector<sentence>& lines) {
  for (auto& x : lines) {
    log("sentence", x.turn,
        json_object{}.add("index", x.index).add("text", x.text).str());
    self->send(members.tts, x);
  }
}

void call_state::stop_speaking() {
  cancel x{talk.turn()};
  self->send(members.llm, x);
  self->send(members.tts, x);
  self->send(members.stream, x);
}

/// Keys for the machine at the other end, as tones: a turn of the agent like
/// any other.
void call_state::press_keys(const std::string& keys, next_step then) {
  auto lines = talk.say({"[keys " + keys + "]"});
  talk.current().then = then;
  log("keys-pressed", talk.turn(),
      json_object{}.add("count", static_cast<int64_t>(keys.size())).str());
  take_floor(false);
  auto tones = dial_tones(keys).value_or(std::vector<uint8_t>{});
  self->send(members.stream,
             sentence_audio{talk.turn(), 0, 0, std::move(tones), true});
  self->send(members.stream, sentences_complete{talk.turn(), 1});
}

void call_state::on_sentence(const sentence& x) {
  if (x.turn != talk.current().turn || talk.current().over)
    return;
  talk.planned(x);
  guard_floor();
  log(x.filler ? "filler" : "sentence", x.turn,
      json_object{}.add("index", x.index).add("text", x.text).str());
}

void call_state::on_answer_done(const answer_done& x) {
  log_usage({x.turn, "llm", x.model, "prompt_token", x.usage.prompt});
  log_usage({x.turn, "llm", x.model, "completion_token", x.usage.completion});
  if (!talk.answered(x))
    return;
  tools_run = false;
  log("answered", x.turn, json_object{}.add("memory", x.memory).str());
  self->send(members.turn_taker,
             question_asked{x.turn, talk.ledger().last_sentence(x.turn),
                            x.expects_keys});
}

void call_state::on_started(const playback_started& x) {
  if (x.turn != talk.current().turn)
    return;
  talk.current().started = true;
  sound();
  caller_is_served();
  auto& answered = options.services->counters.answered;
  if (auto since = std::exchange(asked_at, std::nullopt)) {
    auto span = std::chrono::duration_cast<std::chrono::milliseconds>(
      self->clock().now() - *since);
    talk.answered_after(x.turn, span.count());
    if (answered)
      answered(span);
  }
}

void call_state::on_heard(const sentence_heard& x) {
  if (talk.ledger().closed(x.turn))
    return;
  talk.ledger().heard(x.turn, x.index);
  sound();
  log("sentence-heard", x.turn, json_object{}.add("index", x.index).str());
  guard_floor();
  auto& current = talk.current();
  if (x.turn == current.turn && current.from_model && !current.complete
      && talk.ledger().unsent(x.turn).empty()) {
    waiting.heard_all(self->clock().now()); // and the answer goes on
    caller_waits();
  }
}

void call_state::on_finished(const playback_finished& x) {
  // The turn taker was told by the stream, unless it was down at the time.
  self->send(members.turn_taker, x);
  resume_after_cut = 0;
  talk.ledger().finished(x.turn);
  log_message(talk.agent_message(x.turn));
  auto& current = talk.current();
  if (x.turn != current.turn)
    return;
  current.over = true;
  sound();
  if (now_in == phase::closing) {
    if (settled && !end_logged)
      log_end();
  } else if (now_in == phase::saying_goodbye) {
    close_leg();
  } else if (!current.press.empty()) {
    press_keys(std::exchange(current.press, {}), current.then);
  } else if (screening.now_in() == machine_screen::stage::leaving) {
    screening.message_left();
    finish(end_reason::answering_machine,
           "A machine has answered; the agent left its message.");
  } else if (current.then == next_step::hang_up) {
    finish(end_reason::agent_hung_up, "The agent said goodbye.");
  } else if (current.then == next_step::transfer) {
    transfer_to = current.transfer_to;
    finish(end_reason::transferred, "The agent handed the caller over.");
  } else if (pending_answer) {
    answer_when_clear();
  } else if (!openings.empty() && !consent_open && !hold_greeting) {
    next_opening();
  } else {
    say_what_is_due();
  }
}

void call_state::on_cut(const playback_cut& x) {
  talk.ledger().open(x.turn); // cut before its first sentence was planned
  talk.ledger().cut(x);
  auto words = talk.ledger().state(x.turn);
  log("cancelled", x.turn,
      json_object{}
        .add("heard", words.heard)
        .add("sent", words.sent)
        .add("unsent", words.unsent)
        .str());
  log_message(talk.agent_message(x.turn));
  ++interruptions;
  show_stage(stage);
  if (options.services->counters.interrupted)
    options.services->counters.interrupted();
  if (x.turn != talk.current().turn)
    return;
  talk.current().over = true;
  if (!pending_answer) // else they have asked already, and wait
    caller_is_served();
  if (x.turn == warning_turn && words.heard.empty())
    warning_due = true; // the caller was speaking; said at the next chance
  if (now_in == phase::saying_goodbye) {
    close_leg();
    return;
  }
  if (now_in == phase::closing) {
    if (settled && !end_logged)
      log_end();
    return;
  }
  if (std::exchange(resume_after_cut, 0) == x.turn)
    on_resume(resume_turn{x.turn});
  answer_when_clear();
}

// -- a child that is stuck or new
// ------------------------------------------------------

void call_state::on_late(const stage_late& x) {
  if (now_in != phase::live)
    return;
  std::string culprit = x.stage;
  if (x.stage == "answer") {
    auto& current = talk.current();
    if (x.turn != current.turn || current.over)
      return;
    // All that is planned was spoken: it is the model who owes the rest.
    // A filler that is on its way says nothing of who owes the answer.
    auto waits_for_voice
      = !talk.ledger().unsent(x.turn, current.complete).empty();
    if (current.started && current.complete && !waits_for_voice)
      return; // the caller is listening; there is nothing late
    culprit = waits_for_voice ? "tts" : "llm";
    if (culprit == "llm" && tools_run)
      return; // they have a deadline of their own, and the caller hears fillers
  }
  log("stage-late", x.turn, json_object{}.add("stage", culprit).str());
  children->kill(culprit);
}

/// Nobody can do a stage's work: the caller hears why, if a voice is left.
/// The apology may be remembered although no vendor speaks any more. If not,
/// the carrier's own voice says it: `/voice/resume` is asked next.
void call_state::on_stage_failed(const stage_failed& x) {
  log("stage-failed", talk.turn(), json_object{}.add("stage", x.stage).str());
  if (now_in == phase::saying_goodbye && x.stage == "tts") {
    close_leg();
    return;
  }
  if (now_in != phase::live)
    return;
  transfer_to = briefing.transfer_number;
  finish(end_reason::providers_failed,
         "No provider for \"" + x.stage + "\" works.", briefing.lines.trouble);
}

void call_state::after_restart(const std::string& child) {
  log("child-restarted", talk.turn(), json_object{}.add("child", child).str());
  if (options.services->counters.restarted)
    options.services->counters.restarted(child);
  introduce();
  auto& current = talk.current();
  auto speaking = current.turn != 0 && !current.over;
  if (child == "turn-taker") {
    if (speaking) {
      take_floor(now_in == phase::live);
      if (current.started)
        self->send(members.turn_taker, playback_started{current.turn});
    }
    for (auto& words : std::exchange(kept_words, {}))
      self->send(members.turn_taker, words);
  } else if (child == "llm" && speaking) {
    if (auto x = talk.ask_again())
      self->send(members.llm, std::move(*x));
  } else if (child == "tts" && speaking) {
    for (auto& [index, text] : talk.ledger().unsent(current.turn))
      self->send(members.tts, sentence{current.turn, index, text});
  } else if (child == "stream" && speaking) {
    // Its queue is lost: what was not heard is said anew.
    resume_after_cut = current.turn;
    stop_speaking();
  }
}

} // namespace velox::actors

#include "actors/call.hpp"

#include "config/log.hpp"
#include "protocol/json.hpp"

namespace velox::actors {

// -- timers and the log
// ----------------------------------------------------------

void call_state::set_timer(timer kind, caf::timespan span) {
  auto& count = timers[static_cast<size_t>(kind)];
  wake(self, span, (++count << 8) | static_cast<uint64_t>(kind));
}

void call_state::on_timer(uint64_t number) {
  auto kind = static_cast<timer>(number & 0xFF);
  if (timers.at(number & 0xFF) != number >> 8)
    return;
  switch (kind) {
    case timer::flush: flush(); break;
    case timer::restart:
      for (auto& child : children->restart_due(self->clock().now()))
        after_restart(child);
      // The timer of a child that fell later has outdated those before.
      if (auto span = children->next_due(self->clock().now()))
        set_timer(timer::restart, *span);
      break;
    case timer::goodbye:
      if (now_in == phase::saying_goodbye)
        close_leg();
      else if (!end_logged)
        log_end(); // the stream is gone, nobody knows what was heard
      else
        over(); // the store has not answered: its journal has what matters
      break;
    case timer::store_again:
      flush();
      if (end_logged && !end_stored)
        close_conversation();
      break;
    case timer::readmit: ask_for_slot(); break;
    case timer::filler: fill(); break;
    case timer::ambience:
      if (now_in == phase::live && waiting.since())
        self->send(members.stream, ambience{true});
      break;
    case timer::screen: screen(screening.on_time(self->clock().now())); break;
    case timer::lull: on_lull(); break;
    case timer::lease:
      if (now_in == phase::starting)
        take_lease();
      break;
  }
}

void call_state::log(const char* kind, uint64_t turn, std::string detail) {
  flush_soon();
  journal.add(options.services->time_of_day(), kind, turn, std::move(detail));
}

void call_state::log_message(message_record x) {
  if (x.text.empty())
    return;
  flush_soon();
  x.at = options.services->time_of_day();
  journal.add(std::move(x));
}

/// What nobody charges for is not worth a row.
void call_state::log_usage(const usage_noted& x) {
  if (x.quantity <= 0)
    return;
  flush_soon();
  usage_event noted;
  noted.turn = x.turn;
  noted.stage = x.stage;
  noted.unit = x.unit;
  noted.product = x.product;
  noted.quantity = x.quantity;
  noted.at = options.services->time_of_day();
  journal.add(std::move(noted));
}

/// Before the first entry: what follows within the next tick of the clock goes
/// along.
void call_state::flush_soon() {
  if (journal.empty())
    set_timer(timer::flush, std::chrono::milliseconds{0});
}

void call_state::flush() {
  auto batch = journal.take();
  if (!batch)
    return;
  self
    ->request(options.services->store, options.services->limits.answer_due,
              std::move(*batch))
    .then(
      [this] {
        journal.stored();
        flush(); // what has come in the meantime
        if (!journal.empty())
          return;
        // Whoever is told of the end gets all that was said.
        if (end_logged && !end_stored)
          close_conversation();
        else if (end_stored && !recording_open)
          over();
      },
      [this](const caf::error& why) {
        config::log().error("The call log could not be stored; it is tried "
                            "again. call={} error={}",
                            options.start.call_id,
                            config::field(to_string(why)));
        journal.failed();
        set_timer(timer::store_again, std::chrono::seconds{1});
      });
}

// -- the tree
// ----------------------------------------------------------------------

void call_state::introduce() {
  self->send(members.stream, members);
  self->send(members.stt, members);
  self->send(members.turn_taker, members);
  self->send(members.llm, members);
  self->send(members.tts, members);
}

call_status call_state::status() const {
  call_status result;
  result.call_id = options.start.call_id;
  result.agent_name = agent.name;
  result.org_id = options.start.org_id;
  result.started_at = started_at;
  result.turn = talk.turn();
  result.actors.push_back(
    {name, self->doing(), self->waiting(), self->handled(), 0});
  if (!children)
    return result;
  for (auto& child : children->children()) {
    actor_status x{child.name, "down", 0, 0, child.restarts};
    // Of a null handle actor_cast makes a pointer to nowhere.
    auto* actor = child.handle
                    ? caf::actor_cast<caf::abstract_actor*>(child.handle)
                    : nullptr;
    if (auto* seen = dynamic_cast<observed*>(actor)) {
      x.doing = seen->doing();
      x.mailbox = seen->waiting();
      x.handled = seen->handled();
    }
    result.actors.push_back(std::move(x));
  }
  return result;
}

// -- who may say what
// ----------------------------------------------------------------

call_actor::behavior_type call(call_pointer self, call_options options) {
  self->set_exit_handler(
    [self](const caf::exit_msg& msg) { self->state.on_child_exit(msg); });
  self->set_down_handler([self](const caf::down_msg&) {
    // The registry fell and forgot us: take the slot again.
    self->state.set_timer(call_state::timer::readmit,
                          std::chrono::milliseconds{200});
  });
  self->state.start(std::move(options));
  return {
    [self](const user_turn& x) { self->state.on_user_turn(x); },
    [self](const turn_likely_over& x) { self->state.on_likely_over(x); },
    [self](const turn_goes_on&) {
      self->send(self->state.members.llm, forget_speculation{});
    },
    [self](const caller_idle& x) { self->state.on_idle(x); },
    [self](const resume_turn& x) { self->state.on_resume(x); },
    [self](const words_final& x) {
      self->state.sound();
      self->state.kept_words.push_back(x);
    },
    [self](const stage_late& x) { self->state.on_late(x); },
    [self](const stage_failed& x) { self->state.on_stage_failed(x); },
    [self](const floor_changed& x) { self->state.on_floor(x); },
    [self](const presence_asked& x) { self->state.on_presence(x); },
    [self](const sentence& x) { self->state.on_sentence(x); },
    [self](const language_chosen& x) { self->state.on_language(x); },
    [self](const tools_at_work& x) {
      if (x.turn == self->state.talk.current().turn)
        self->state.tools_run = x.on;
      self->state.show_stage(self->state.stage);
    },
    [self](const tone_heard& x) {
      auto& state = self->state;
      state.screen(state.screening.on(x, self->clock().now()));
    },
    [self](const answered_by& x) {
      auto& state = self->state;
      if (state.options.start.outbound)
        state.screen(state.screening.on(x, self->clock().now()));
    },
    [self](const deadline_near& x) { self->state.on_near_end(x); },
    [self](const answer_done& x) { self->state.on_answer_done(x); },
    [self](const playback_started& x) { self->state.on_started(x); },
    [self](const sentence_sent& x) {
      self->state.talk.ledger().sent(x.turn, x.index);
    },
    [self](const sentence_heard& x) { self->state.on_heard(x); },
    [self](const playback_finished& x) { self->state.on_finished(x); },
    [self](const playback_cut& x) { self->state.on_cut(x); },
    [self](const caller_hung_up&) {
      self->state.wire_open = false;
      self->state.finish(end_reason::caller_hung_up, "The caller hung up.");
    },
    [self](const wire_closed& x) {
      self->state.wire_open = false;
      self->state.finish(x.why, x.explanation);
    },
    [self](const caller_gone& x) {
      self->state.finish(end_reason::caller_gone,
                         "Nothing came from the caller's side for "
                           + std::to_string(x.silence_ms) + " ms.");
    },
    [self](const deadline_reached&) {
      auto& state = self->state;
      state.finish(end_reason::deadline_reached,
                   "The call reached its maximum duration.",
                   state.briefing.lines.too_long);
    },
    [self](const credit_exhausted&) {
      auto& state = self->state;
      state.finish(end_reason::credit_exhausted,
                   "The organisation has no talk time left.",
                   state.briefing.lines.out_of_credit);
    },
    [self](const log_entry& x) {
      self->state.log(x.kind.c_str(), x.turn, x.detail);
    },
    [self](const usage_noted& x) { self->state.log_usage(x); },
    [self](const end_call& x) {
      self->state.finish(x.why, x.explanation,
                         self->state.briefing.lines.closing);
    },
    [self](const kill_child& x) -> caf::result<caf::ok_atom> {
      auto& state = self->state;
      if (!state.children || !state.children->kill(x.name))
        return caf::make_error(errc::unknown_child, x.name);
      state.log("drill", 0, json_object{}.add("child", x.name).str());
      return caf::ok_atom_v;
    },
    [self](caf::get_atom) { return self->state.status(); },
    [self](caf::timeout_atom, uint64_t number) {
      self->state.on_timer(number);
    },
  };
}

} // namespace velox::actors

#include "actors/call.hpp"
#include "config/log.hpp"
#include "protocol/conversation_end.hpp"
#include "protocol/json.hpp"

namespace velox::actors {

namespace {

/// RFC 6455, 7.4.1.
constexpr uint16_t normal_closure = 1000;

} // namespace

void call_state::on_child_exit(const caf::exit_msg& msg) {
  if (!children) { // asked to end before it began
    finish(end_reason::engine_stopped, "The engine was stopped.");
    return;
  }
  auto verdict = children->on_exit(msg, self->clock().now());
  if (verdict.child.empty()) { // a stranger: the engine wants us gone
    finish(end_reason::engine_stopped, "The engine was stopped.");
    return;
  }
  if (now_in == phase::closing)
    return;
  log("child-ended", talk.turn(),
      json_object{}
        .add("child", verdict.child)
        .add("reason", to_string(msg.reason))
        .str());
  if (verdict.give_up) {
    auto can_speak = verdict.child != "tts" && verdict.child != "stream"
                     && now_in == phase::live;
    finish(end_reason::too_many_restarts,
           "The part \"" + verdict.child + "\" kept failing.",
           can_speak ? briefing.lines.trouble : "");
  } else if (verdict.pause) {
    set_timer(timer::restart, *verdict.pause);
  } else if (now_in == phase::saying_goodbye
             && why == end_reason::too_many_restarts
             && (verdict.child == "tts" || verdict.child == "stream")) {
    close_leg(); // nobody is left to say it
  }
}

/// The one way to the end. With `goodbye` the caller hears that first, if they
/// are still there to hear it.
void call_state::finish(end_reason reason, std::string explained,
                        const std::string& goodbye) {
  if (now_in == phase::closing)
    return;
  if (now_in == phase::saying_goodbye) { // the first reason stands
    if (!wire_open || reason == end_reason::too_many_restarts)
      close_leg();
    return;
  }
  why = reason;
  explanation = std::move(explained);
  if (goodbye.empty() || !wire_open || now_in == phase::starting) {
    close_leg();
    return;
  }
  now_in = phase::saying_goodbye;
  self->now_doing("saying goodbye");
  show_stage(call_stage::saying_goodbye);
  stop_speaking();
  pending_answer.reset();
  openings.clear();
  say({goodbye}, false);
  set_timer(timer::goodbye, options.services->limits.goodbye);
}

void call_state::close_leg() {
  now_in = phase::closing;
  self->now_doing("closing");
  ++timers[static_cast<size_t>(timer::goodbye)]; // that wait is over
  if (children && talk.current().turn != 0 && !talk.current().over)
    stop_speaking(); // its answer tells what was heard of the last turn
  if (children)
    self->send(members.stt, caf::flush_atom_v);
  options.leg->close(normal_closure, std::string{to_text(why)});
  wire_open = false;
  finish_recording();
  if (children)
    children->retire();
  settle();
}

/// Has the rest of the talk time charged.
void call_state::settle() {
  if (opened && billing) {
    ask_for_bill(true);
    return;
  }
  if (opening && !opened)
    return; // that comes back to here
  give_back_talk();
  if (opened)
    store_end(billed_seconds);
  else
    over();
}

/// From the ticker, or from another in the place of a dead one: the ledger
/// knows which ticks it has. What it cannot be told now, recovery tells it from
/// the call log.
void call_state::ask_for_bill(bool again) {
  self->request(billing, options.services->limits.answer_due, caf::close_atom_v)
    .then([this](int64_t seconds) { store_end(seconds); },
          [this, again](const caf::error&) {
            if (!again) {
              store_end(billed_seconds);
              return;
            }
            billing = spawn_ticker();
            ask_for_bill(false);
          });
}

/// The call ends before anything was said: it costs nothing.
void call_state::give_back_talk() {
  auto& start = options.start;
  auto& ledger = options.services->ledger;
  if (children)
    return;
  if (!reserving) { // only its handshake has
    caf::anon_send(ledger, release_talk_time{start.org_id, start.call_id,
                                             start.token_nonce, started_at});
    return;
  }
  // A number that no tick of the call has.
  auto tick = static_cast<uint64_t>(started_at);
  caf::anon_send(ledger,
                 settle_call{start.org_id, start.call_id, tick, 0, started_at});
}

/// What is to be paid is known; what was heard of the last turn may not be.
void call_state::store_end(int64_t seconds) {
  settled = true;
  billed_seconds = seconds;
  if (talk.ledger().all_closed())
    log_end();
  else // the stream tells in an instant, unless it is gone
    set_timer(timer::goodbye, std::chrono::seconds{1});
}

void call_state::log_end() {
  end_logged = true;
  auto turn = talk.current().turn;
  if (turn != 0 && !talk.ledger().closed(turn)) {
    talk.ledger().give_up(turn);
    log_message(talk.agent_message(turn));
  }
  log("ended", talk.turn(),
      json_object{}
        .add("reason", to_text(why))
        .add("explanation", explanation)
        .add("billed_seconds", billed_seconds)
        .str());
  flush(); // the conversation is closed behind this
  set_timer(timer::goodbye, options.services->limits.answer_due);
  if (journal.empty())
    close_conversation();
}

void call_state::close_conversation() {
  velox::close_conversation x;
  x.call_id = options.start.call_id;
  x.status = status_of(why);
  x.at = options.services->time_of_day();
  x.why = why;
  x.explanation = explanation;
  x.transfer_to = transfer_to;
  x.billed_seconds = billed_seconds;
  x.fence = fence;
  auto& services = *options.services;
  self->request(services.store, services.limits.answer_due, std::move(x))
    .then(
      [this] {
        end_stored = true;
        if (journal.empty() && !recording_open) // else a last batch is left
          over();
      },
      [this](const caf::error& error) {
        config::log().error("The end of a call could not be stored; it is "
                            "tried again. call={} error={}",
                            options.start.call_id,
                            config::field(to_string(error)));
        set_timer(timer::store_again, std::chrono::seconds{1});
      });
}

void call_state::over() {
  config::log().info("A call has ended. call={} reason={}",
                     options.start.call_id, to_text(why));
  if (options.services->counters.ended)
    options.services->counters.ended(why);
  self->quit(caf::exit_reason::user_shutdown); // the links take the children
}

} // namespace velox::actors

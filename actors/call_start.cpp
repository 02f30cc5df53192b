#include "actors/billing_ticker.hpp"
#include "actors/call.hpp"
#include "actors/deadline.hpp"
#include "actors/ghost_timeout.hpp"
#include "actors/llm.hpp"
#include "actors/stream.hpp"
#include "actors/stt.hpp"
#include "actors/tts.hpp"
#include "actors/turn_taker.hpp"
#include "config/log.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace velox::actors {

namespace {

/// WebSocket close codes (RFC 6455, 7.4.1; IANA registry).
constexpr uint16_t policy_violation = 1008;
constexpr uint16_t internal_error = 1011;
constexpr uint16_t try_again_later = 1013;

/// How long a resumed call waits for its former self to give the slot back.
constexpr int slot_attempts = 15;

} // namespace

void call_state::start(call_options x) {
  options = std::move(x);
  connected_at = self->clock().now();
  started_at = options.services->time_of_day();
  self->now_doing("starting");
  ask_for_slot();
}

void call_state::ask_for_slot() {
  auto& services = *options.services;
  self
    ->request(services.registry, services.limits.answer_due,
              admit_call{options.start.call_id, options.start.token_nonce})
    .then(
      [this](const admitted&) {
        self->monitor(self->current_sender());
        if (now_in == phase::starting && !children && !reserving
            && lease_asks == 0)
          take_lease();
      },
      [this](const caf::error& why) {
        if (now_in != phase::starting) {
          // We are live: a full or fallen registry is no reason to hang up.
          set_timer(timer::readmit, std::chrono::seconds{1});
          return;
        }
        if (options.start.resumed && why == errc::duplicate_call
            && timers[static_cast<size_t>(timer::readmit)] < slot_attempts)
          set_timer(timer::readmit, std::chrono::milliseconds{200});
        else
          refuse(why, "asking for a slot");
      });
}

/// Its media socket may have reserved already; now the talk begins to count.
void call_state::reserve_talk() {
  auto& services = *options.services;
  auto& start = options.start;
  reserving = true;
  self
    ->request(services.ledger, services.limits.answer_due,
              reserve_talk_time{start.org_id, start.call_id, start.token_nonce,
                                started_at, true})
    .then(
      [this](const talk_time& x) {
        hold = x;
        billed_seconds = x.billed_seconds;
        if (now_in == phase::starting)
          open_conversation();
      },
      [this](const caf::error& why) {
        if (now_in == phase::starting)
          refuse(why, "reserving talk time");
      });
}

void call_state::refuse(const caf::error& why, const char* doing_what) {
  auto& start = options.start;
  config::log().warn("A call was refused. call={} while={} error={}",
                     config::field(start.call_id), config::field(doing_what),
                     config::field(to_string(why)));
  if (why == errc::engine_full || why == errc::engine_stopping)
    options.leg->close(try_again_later, "the engine takes no more calls");
  else if (why == errc::duplicate_call)
    options.leg->close(policy_violation, "this call has its media socket");
  else if (why == errc::unknown_call)
    options.leg->close(policy_violation, "this call has ended");
  else if (why == errc::token_replayed)
    options.leg->close(policy_violation, "this stream token was used before");
  else if (why == errc::out_of_credit)
    options.leg->close(policy_violation, "no talk time left");
  else if (why == errc::not_found || why == errc::unknown_agent)
    options.leg->close(policy_violation, "no such agent");
  else
    options.leg->close(internal_error, "the engine cannot take this call now");
  give_back_talk();
  if (opened) {
    velox::close_conversation x;
    x.call_id = start.call_id;
    x.status = conversation_status::failed;
    x.at = options.services->time_of_day();
    x.why = end_reason::refused;
    x.explanation = std::string{"Refused while "} + doing_what + ".";
    x.fence = fence;
    caf::anon_send(options.services->store, std::move(x));
  }
  if (options.services->counters.ended)
    options.services->counters.ended(end_reason::refused);
  self->quit(caf::exit_reason::user_shutdown);
}

void call_state::open_conversation() {
  auto& start = options.start;
  conversation_record x;
  x.call_id = start.call_id;
  x.org_id = start.org_id;
  x.agent_id = start.agent_id;
  x.caller = start.caller;
  x.called = start.called;
  x.started_at = started_at;
  opening = true;
  auto& services = *options.services;
  self
    ->request(services.store, services.limits.answer_due,
              velox::open_conversation{std::move(x), fence, services.node})
    .then(
      [this](const conversation_record& stored) {
        if (stored.status != conversation_status::active) {
          refuse(caf::make_error(errc::unknown_call),
                 "taking up an ended call");
          return;
        }
        // Numbers of a resumed call go on far behind those of its past: one
        // event takes longer than a millisecond.
        if (options.start.resumed) {
          past = static_cast<uint64_t>(
            std::max<unix_ms>(started_at - stored.started_at, 0));
        }
        journal.open(options.start.call_id, past + 1, fence);
        opened = true;
        if (now_in == phase::starting)
          find_agent();
        else
          settle(); // it was ended while it began
      },
      [this](const caf::error& why) { refuse(why, "opening the log"); });
}

void call_state::find_agent() {
  auto& services = *options.services;
  self
    ->request(services.store, services.limits.answer_due,
              velox::find_agent{options.start.org_id, options.start.agent_id})
    .then(
      [this](const agent_record& x) {
        if (now_in != phase::starting)
          return;
        agent = x;
        briefing = options.services->brief(agent);
        providers = options.services->choose(agent, briefing);
        know_own_language();
        if (options.start.resumed)
          recall_past();
        else
          go_live();
      },
      [this](const caf::error& why) { refuse(why, "finding the agent"); });
}

void call_state::recall_past() {
  auto& services = *options.services;
  self
    ->request(services.store, services.limits.answer_due,
              list_messages{options.start.org_id, options.start.call_id})
    .then(
      [this](const std::vector<message_record>& messages) {
        if (now_in != phase::starting)
          return;
        talk.restore(messages, "");
        recall_memory(0);
      },
      [this](const caf::error& why) { refuse(why, "recalling the past"); });
}

void call_state::recall_memory(uint64_t after) {
  auto& services = *options.services;
  self
    ->request(services.store, services.limits.answer_due,
              list_events{options.start.call_id, after})
    .then(
      [this](const std::vector<call_event>& events) {
        if (now_in != phase::starting)
          return;
        for (auto& x : events) {
          rapidjson::Document detail;
          if (x.kind == "recording-started")
            consented = true; // the caller knows, or has agreed
          if (x.kind == "language-changed" && !x.detail.empty())
            recall_language(x.detail);
          if (x.kind != "answered"
              || read_json(x.detail, detail) != json_error::none)
            continue;
          if (auto memory = json_text(detail, "memory"))
            talk.restore({}, std::string{*memory});
        }
        if (events.empty())
          go_live();
        else
          recall_memory(events.back().sequence);
      },
      [this](const caf::error&) {
        if (now_in == phase::starting)
          go_live();
      });
}

void call_state::go_live() {
  now_in = phase::live;
  self->now_doing("live");
  config::log().info("A call is live. call={} agent={} resumed={}",
                     options.start.call_id, config::field(agent.id),
                     options.start.resumed);
  log("started", 0,
      json_object{}
        .add("agent", agent.name)
        .add("resumed", options.start.resumed)
        .str());
  children.emplace(specs(), options.services->limits.children);
  children->start();
  introduce();
  open_call();
}

llm_options call_state::model_options() const {
  auto& services = *options.services;
  llm_options result;
  result.menu = make_menu(providers, services.gateways);
  result.model.call_id = options.start.call_id;
  result.model.agent = agent;
  result.model.instructions = briefing.instructions + language_instructions;
  result.model.tools
    = built_in_tools({!briefing.transfer_number.empty(), options.start.outbound,
                      briefing.languages});
  result.languages = briefing.languages;
  result.tool_due = services.limits.tool_due;
  if (services.tools)
    for (auto& x : services.tools->tools(agent))
      result.model.tools.push_back(std::move(x));
  result.transfer_number = briefing.transfer_number;
  result.hedge_after = services.limits.hedge_after;
  result.first_token_due = services.limits.first_token_due;
  result.tools = services.tools;
  return result;
}

/// So that a conversation can come back to where it began.
void call_state::know_own_language() {
  auto& all = briefing.languages;
  auto known = std::any_of(all.begin(), all.end(), [this](auto& x) {
    return x.language == agent.language;
  });
  if (!all.empty() && !known)
    all.push_back({agent.language, "", agent.voice, "", briefing.lines});
}

turn_policy call_state::turns() const {
  auto result = briefing.turns.value_or(options.services->turns);
  result.language = agent.language;
  return result;
}

/// What the caller hears while the agent thinks; null: nothing.
std::shared_ptr<const std::vector<uint8_t>>
call_state::background_sound() const {
  auto& find = options.services->background;
  auto& name = briefing.manners.ambience;
  return name.empty() || !find ? nullptr : find(name);
}

billing_ticker_actor call_state::spawn_ticker() {
  auto& limits = options.services->limits;
  billing_options x;
  x.call_id = options.start.call_id;
  x.org_id = options.start.org_id;
  x.connected_at = connected_at;
  x.started_at = started_at;
  x.tick = limits.tick;
  x.first_tick = past;
  x.hold = hold;
  x.notice = limits.goodbye;
  x.ledger_patience = limits.ledger_patience;
  return self->spawn<caf::linked>(billing_ticker,
                                  out_of_credit_actor{call_actor{self}},
                                  options.services->ledger, x);
}

std::vector<child_spec> call_state::specs() {
  auto started
    = [](const auto& handle) { return caf::actor_cast<caf::actor>(handle); };
  auto& services = *options.services;
  auto& limits = services.limits;
  auto id = options.start.call_id;
  std::vector<child_spec> result;
  auto add = [&](const char* child, restart policy, auto start) {
    result.push_back({child, policy, [=] { return started(start()); }});
  };
  add("stt", restart::permanent, [this, id, &services] {
    return members.stt = self->spawn<caf::linked>(
             stt, call_actor{self},
             recognizer_list{providers.recognizers, services.gateways},
             recognizer_options{id, agent.language, briefing.phrases},
             rotation_policy{});
  });
  add("turn-taker", restart::permanent, [this, &services] {
    return members.turn_taker
           = self->spawn<caf::linked>(turn_taker, call_actor{self}, turns());
  });
  add("llm", restart::permanent, [this, id, &services] {
    return members.llm
           = self->spawn<caf::linked>(llm, call_actor{self}, model_options());
  });
  add("tts", restart::permanent, [this, id, &services] {
    return members.tts = self->spawn<caf::linked>(
             tts, call_actor{self},
             synthesizer_list{providers.voices, services.gateways},
             synthesizer_options{id, agent.language, agent.voice,
                                 briefing.pronunciations});
  });
  add("stream", restart::permanent, [this] {
    return members.stream = self->spawn<caf::linked>(
             stream, call_actor{self}, options.leg,
             stream_options{connected_at, background_sound()});
  });
  add("billing-ticker", restart::transient,
      [this] { return billing = spawn_ticker(); });
  add("ghost-timeout", restart::permanent, [this, &limits] {
    return members.ghost_timeout = self->spawn<caf::linked>(
             ghost_timeout, hangup_actor{call_actor{self}}, limits.ghost);
  });
  add("deadline", restart::permanent, [this, &limits] {
    auto left = connected_at + limits.max_duration - self->clock().now();
    return deadline = self->spawn<caf::linked>(
             actors::deadline, time_is_up_actor{call_actor{self}},
             deadline_options{options.start.call_id, options.leg,
                              options.services->control,
                              std::max(left, caf::timespan{0}), limits.grace,
                              briefing.manners.warn_before});
  });
  return result;
}

} // namespace velox::actors

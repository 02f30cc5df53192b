#include "actors/phrases.hpp"
#include "protocol/json.hpp"
#include "tests/calls/simulated_call.hpp"

#include <rapidjson/document.h>

namespace velox::test {

namespace {

using time_point = virtual_world::time_point;
using kind = wire_record::kind;

/// How long it takes to say `text`, in which sentences end with ". ".
milliseconds spoken(const std::string& text) {
  auto characters = text.size();
  for (auto at = text.find(". "); at != std::string::npos;
       at = text.find(". ", at + 1))
    --characters; // the blank between sentences is not spoken
  return milliseconds{characters * bytes_per_character / 8};
}

std::string join(const std::string& a, const std::string& b) {
  return a.empty() ? b : b.empty() ? a : a + " " + b;
}

std::string text_of(const call_event& x) {
  rapidjson::Document detail;
  if (read_json(x.detail, detail) != json_error::none)
    return {};
  auto text = json_text(detail, "text");
  return text ? std::string{*text} : std::string{};
}

std::vector<call_event> events_of(const call_file& x) {
  return x.world.db->events_of(x.call.plan.call_id);
}

std::vector<message_record> messages_of(const call_file& x) {
  return x.world.db->messages_of(x.call.plan.call_id);
}

/// When the caller left by their own doing; far away when they did not.
time_point caller_left(const sim_call& call) {
  for (auto& x : call.caller->record())
    if (x.what == caller_step::act::hang_up
        || x.what == caller_step::act::drop_wire)
      return x.from;
  return time_point::max();
}

/// When the engine closed the leg; far away when it did not.
time_point leg_closed(const sim_call& call) {
  for (auto& x : call.carrier->wire())
    if (x.what == kind::close)
      return x.at;
  return time_point::max();
}

time_point connected_until(const sim_call& call) {
  return std::min(caller_left(call), leg_closed(call));
}

/// Whether the call never became a conversation.
bool refused(const sim_call& call) {
  for (auto& x : call.carrier->wire())
    if (x.what == kind::close && x.code != 1000 && x.code != 1001)
      return true;
  return false;
}

/// Whether the store was in trouble for so long that a call had to give up on
/// it: a few seconds are waited for.
bool store_troubled_at_end(const call_file& x) {
  return x.trouble.store && x.trouble.store->first <= *x.call.ended
         && x.trouble.store->second >= connected_until(x.call) + seconds{3};
}

int64_t ms(caf::timespan x) {
  return std::chrono::duration_cast<milliseconds>(x).count();
}

} // namespace

/// (a) Every call ends, in time, and says why.
void check_end(const call_file& x, std::vector<std::string>& broken) {
  auto& limits = x.plan.limits;
  if (!x.call.ended) {
    broken.push_back("(a) the call has not ended");
    return;
  }
  auto leg_over = connected_until(x.call);
  auto start = limits.answer_due * 3; // while the store is slow
  if (leg_over
      > x.call.began + start + limits.max_duration + limits.grace + seconds{1})
    broken.push_back("(a) the leg was open for "
                     + std::to_string(ms(leg_over - x.call.began)) + " ms");
  for (auto& y : x.call.caller->record())
    if (y.what == caller_step::act::die
        && leg_over > y.from + 2 * limits.ghost + seconds{2})
      broken.push_back("(a) the caller was gone, but not the call");
  auto& stored = x.world.db->conversations;
  auto i = stored.find(x.call.plan.call_id);
  if (i == stored.end()) {
    if (!refused(x.call) && !x.own.ordered_to_end)
      broken.push_back("(a) there is no record of the call");
    return;
  }
  if (store_troubled_at_end(x))
    return;
  if (i->second.status == conversation_status::active)
    broken.push_back("(a) the conversation was never closed");
  else if (!parse_end_reason(i->second.ended_because))
    broken.push_back("(a) the end has no reason: " + i->second.ended_because);
  // A fault costs one restart; three are within the budget of a call.
  auto faults = x.call.stages->mishaps.size() + x.own.kills.size();
  if (faults <= 3 && i->second.ended_because == "too-many-restarts")
    broken.push_back("(a) " + std::to_string(faults)
                     + " faults were too many for the call");
}

/// (b) Nothing of a turn is played after the clear behind its cancel.
void check_wire(const call_file& x, std::vector<std::string>& broken) {
  uint64_t played = 0, cleared = 0;
  for (auto& y : x.call.carrier->wire()) {
    if (y.what == kind::clear)
      cleared = std::max(cleared, played);
    if (y.what != kind::play)
      continue;
    if (y.turn != y.label)
      broken.push_back("(b) audio of turn " + std::to_string(y.turn)
                       + " went out as turn " + std::to_string(y.label));
    if (y.turn <= cleared)
      broken.push_back("(b) turn " + std::to_string(y.turn)
                       + " was played after its clear");
    if (y.turn < played)
      broken.push_back("(b) turn " + std::to_string(y.turn)
                       + " was played after turn " + std::to_string(played));
    played = std::max(played, y.turn);
  }
  for (auto& ev : events_of(x)) {
    if (ev.kind != "cancelled")
      continue;
    for (auto& y : x.call.carrier->wire())
      if (y.what == kind::play && y.turn <= ev.turn
          && x.world.unix_time(y.at) > ev.at)
        broken.push_back("(b) turn " + std::to_string(y.turn)
                         + " was played after the cancel of "
                         + std::to_string(ev.turn));
  }
}

/// (c) What counts as heard was heard, and no word is lost from the books.
void check_heard(const call_file& x, std::vector<std::string>& broken) {
  std::set<uint64_t> cancelled;
  for (auto& ev : events_of(x))
    if (ev.kind == "cancelled")
      cancelled.insert(ev.turn);
  for (auto& msg : messages_of(x)) {
    if (msg.role != "assistant")
      continue;
    auto name = "(c) turn " + std::to_string(msg.turn) + ": ";
    auto& words = msg.heard;
    if (join(join(words.heard, words.sent), words.unsent) != msg.text)
      broken.push_back(name + "heard, sent and unsent are not the text");
    auto ear = x.call.carrier->heard(msg.turn, connected_until(x.call));
    auto claimed = spoken(words.heard);
    auto doubt = milliseconds{60};
    if (claimed > ear + doubt + x.call.plan.line.uplink)
      broken.push_back(name + std::to_string(claimed.count())
                       + " ms claimed as heard, but the ear got "
                       + std::to_string(ear.count()));
    // The other way round: heard words must not vanish.
    auto longest = milliseconds{67 * 14 + 300};
    if (cancelled.count(msg.turn) && !x.own.killed("stream")
        && claimed + longest < ear && !(words.sent + words.unsent).empty())
      broken.push_back(name + "the ear got " + std::to_string(ear.count())
                       + " ms, but only " + std::to_string(claimed.count())
                       + " ms count as heard");
  }
}

/// (d) One answer per turn of the caller.
void check_answers(const call_file& x, std::vector<std::string>& broken) {
  std::set<std::pair<uint64_t, uint64_t>> asked;
  std::set<uint64_t> fresh;
  for (auto& y : x.call.stages->asked) {
    if (!asked.emplace(y.session, y.what.turn).second)
      broken.push_back("(d) turn " + std::to_string(y.what.turn)
                       + " was asked for twice");
    if (y.what.said_so_far.empty())
      fresh.insert(y.what.turn);
  }
  auto events = events_of(x);
  auto count = [&](const char* what) {
    return static_cast<size_t>(std::count_if(
      events.begin(), events.end(), [&](auto& ev) { return ev.kind == what; }));
  };
  if (fresh.size() > 1 + count("user-turn") + count("resumed"))
    broken.push_back("(d) " + std::to_string(fresh.size()) + " answers to "
                     + std::to_string(count("user-turn")) + " turns");
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind != "user-turn")
      continue;
    auto at = events[i].at;
    auto until = x.world.unix_time(connected_until(x.call));
    for (auto j = i + 1; j < events.size(); ++j)
      if (events[j].kind == "user-turn") {
        until = std::min(until, events[j].at);
        break;
      }
    auto answered = std::any_of(
      x.call.stages->asked.begin(), x.call.stages->asked.end(), [&](auto& y) {
        return y.what.turn >= events[i].turn && x.world.unix_time(y.at) >= at;
      });
    if (!answered && until - at > 10'000)
      broken.push_back("(d) no answer to the turn of the caller at event "
                       + std::to_string(events[i].sequence));
  }
}

/// (e) What is billed was booked, tick by tick, once.
void check_money(const call_file& x, std::vector<std::string>& broken) {
  int64_t sum = 0;
  std::set<uint64_t> ticks;
  for (auto& y : x.world.book->booked) {
    if (y.call_id != x.call.plan.call_id)
      continue;
    sum += y.seconds;
    if (!ticks.insert(y.tick).second)
      broken.push_back("(e) tick " + std::to_string(y.tick)
                       + " was booked twice");
  }
  auto i = x.world.db->conversations.find(x.call.plan.call_id);
  if (i == x.world.db->conversations.end()
      || i->second.status == conversation_status::active)
    return;
  if (i->second.billed_seconds != sum)
    broken.push_back("(e) billed " + std::to_string(i->second.billed_seconds)
                     + " s, booked " + std::to_string(sum) + " s");
  auto talk = (connected_until(x.call) - x.call.began) / seconds{1};
  if (sum > talk + 2)
    broken.push_back("(e) booked " + std::to_string(sum) + " s of "
                     + std::to_string(talk));
  if (!x.trouble.ledger && !x.trouble.small_credit && sum < talk
      && !refused(x.call))
    broken.push_back("(e) booked only " + std::to_string(sum) + " s of "
                     + std::to_string(talk));
}

/// (g) The line is never silent for long.
void check_silence(const call_file& x, std::vector<std::string>& broken) {
  auto events = events_of(x);
  if (events.empty() || events.front().kind != "started")
    return;
  auto zero = x.world.unix_time(x.call.began);
  auto at = x.call.began + milliseconds{events.front().at - zero};
  auto until = connected_until(x.call);
  std::vector<std::pair<time_point, time_point>> sounds;
  for (auto& y : x.call.carrier->ear(until))
    sounds.emplace_back(y.from, y.until);
  for (auto& y : x.call.caller->record())
    sounds.emplace_back(y.from, y.until);
  sounds.emplace_back(until, until);
  std::sort(sounds.begin(), sounds.end());
  for (auto& [from, to] : sounds) {
    auto end = std::min(from, until);
    if (end - at > seconds{30})
      broken.push_back("(g) " + std::to_string(ms(end - at))
                       + " ms of silence from "
                       + std::to_string(ms(at - x.call.began)) + " ms on");
    at = std::max(at, to);
  }
}

/// (h) The log is whole and in order.
void check_log(const call_file& x, std::vector<std::string>& broken) {
  auto events = events_of(x);
  if (events.empty())
    return;
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i].sequence != i + 1) {
      broken.push_back("(h) event " + std::to_string(i + 1) + " is missing");
      break;
    }
    if (i > 0 && events[i].at < events[i - 1].at)
      broken.push_back("(h) event " + std::to_string(i + 1) + " is too early");
  }
  auto ended = std::count_if(events.begin(), events.end(),
                             [](auto& y) { return y.kind == "ended"; });
  if (!x.call.ended || store_troubled_at_end(x))
    return;
  if (ended != 1 || events.back().kind != "ended")
    broken.push_back("(h) the log does not end with the one end");
}

/// Whether the caller has heard what the engine says while they wait: the model
/// is not told of that.
bool fillers_heard(const std::vector<message_record>& messages) {
  const agent_lines usual;
  return std::any_of(messages.begin(), messages.end(), [&](auto& msg) {
    return std::any_of(
      usual.fillers.begin(), usual.fillers.end(),
      [&](auto& filler) { return msg.text.find(filler) != std::string::npos; });
  });
}

/// (i) A model is told what was heard, word for word.
void check_history(const call_file& x, std::vector<std::string>& broken) {
  auto messages = messages_of(x);
  auto events = events_of(x);
  if (!x.call.ended || store_troubled_at_end(x))
    return;
  std::set<uint64_t> seen;
  for (auto& y : x.call.stages->asked) {
    if (!y.what.said_so_far.empty() || !seen.insert(y.what.turn).second)
      continue;
    std::string told_agent, told_user, heard, said;
    for (auto& line : y.what.history)
      (line.role == "user" ? told_user : told_agent)
        = join(line.role == "user" ? told_user : told_agent, line.text);
    for (auto& msg : messages)
      if (msg.role == "assistant" && msg.turn < y.what.turn)
        heard = join(heard, msg.heard.heard);
    for (auto& ev : events)
      if (ev.kind == "user-turn" && ev.turn <= y.what.turn
          && ev.at <= x.world.unix_time(y.at))
        said = join(said, text_of(ev));
    if (told_agent != heard && !fillers_heard(messages))
      broken.push_back("(i) turn " + std::to_string(y.what.turn)
                       + ": the model was told \"" + told_agent
                       + "\", heard was \"" + heard + "\"");
    if (told_user != said)
      broken.push_back("(i) turn " + std::to_string(y.what.turn)
                       + ": the model was told the caller said \"" + told_user
                       + "\", said was \"" + said + "\"");
  }
}

/// (j) Without faults, every word of the caller reaches the call, but for what
/// only says that they listen ("thank you").
void check_words(const call_file& x, std::vector<std::string>& broken) {
  if (!x.call.stages->mishaps.empty() || !x.own.kills.empty()
      || x.plan.turns.interrupts == interruption::never || !x.call.ended
      || x.own.ordered_to_end || x.trouble.small_credit || x.trouble.store)
    return;
  auto only_listening = actors::backchannels(x.plan.turns.language);
  std::string understood;
  for (auto& ev : events_of(x))
    if (ev.kind == "user-turn")
      understood = join(understood, text_of(ev));
  auto over = connected_until(x.call);
  auto goodbye = x.call.began + x.plan.limits.max_duration;
  size_t from = 0;
  for (auto& y : x.call.caller->record()) {
    if (y.what != caller_step::act::say || y.until == time_point::max()
        || y.until + seconds{6} > std::min(over, goodbye))
      continue;
    if (only_listening.only(y.text)) // a turn or none, as the agent was heard
      continue;
    auto at = understood.find(y.text, from);
    if (at == std::string::npos) {
      broken.push_back("(j) the caller's words \"" + y.text + "\" were lost");
      return;
    }
    from = at + y.text.size();
  }
}

} // namespace velox::test

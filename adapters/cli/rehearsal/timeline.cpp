#include "adapters/cli/rehearsal/timeline.hpp"

#include "adapters/cli/rehearsal/ear_text.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace velox::rehearsal {

namespace {

using time_point = virtual_world::time_point;
using entries = std::vector<timeline_entry>;

constexpr std::array<entry_kind, 18> kinds{{
  {"said", "a sentence of the agent that the caller heard to its end", "turn"},
  {"cut_short", "a sentence that the caller did not hear to its end",
   "turn text"},
  {"tones", "keys that the agent presses, as the other side hears them",
   "turn"},
  {"background", "what is heard while the agent thinks", ""},
  {"understood", "a turn of the caller, as the engine understood it",
   "confidence keys"},
  {"told", "the caller's last words as the model was told them",
   "history agent said_so_far session keys interrupted"},
  {"tool", "a use of a tool", "*"},
  {"caller", "what the caller says or does", ""},
  {"stored", "a message as it is stored", "role turn heard sent unsent model"},
  {"log", "an event of the call's log", "*"},
  {"restarted", "a part of the call that was started again", ""},
  {"fault", "what went wrong at a provider", "what"},
  {"engine", "what was done to the engine", ""},
  {"plays", "the first audio of a sentence on its way to the carrier",
   "sentence"},
  {"clear", "audio that is taken back from the carrier", ""},
  {"closed", "the engine closes the media socket, with this code", "reason"},
  {"ended", "why the call ended, as it is stored",
   "explanation transfer_to status billed"},
  {"surprise", "something that the script has no answer for", ""},
}};

std::string text_of(const rapidjson::Value& x) {
  if (x.IsString())
    return {x.GetString(), x.GetStringLength()};
  if (x.IsBool())
    return x.GetBool() ? "true" : "false";
  if (x.IsInt64())
    return std::to_string(x.GetInt64());
  if (x.IsNumber()) {
    std::string out;
    append_json_number(out, x.GetDouble());
    return out;
  }
  return x.IsNull() ? "null" : "";
}

void flatten(const rapidjson::Value& x, const std::string& path,
             std::map<std::string, std::string>& out) {
  if (x.IsObject()) {
    for (auto& member : x.GetObject()) {
      std::string name{member.name.GetString(), member.name.GetStringLength()};
      flatten(member.value, path.empty() ? name : path + "." + name, out);
    }
  } else if (x.IsArray()) {
    std::string all;
    for (auto& item : x.GetArray())
      all += (all.empty() ? "" : ", ") + text_of(item);
    out[path] = all;
  } else {
    out[path] = text_of(x);
  }
}

/// The members of a JSON text by their paths.
std::map<std::string, std::string>
members_of(const std::string& json, const std::string& path) {
  std::map<std::string, std::string> result;
  rapidjson::Document document;
  if (read_json(json, document) == json_error::none)
    flatten(document, path, result);
  return result;
}

timeline_entry entry(time_point at, std::string kind, std::string text) {
  return {at, at, std::move(kind), {{"", std::move(text)}}};
}

void add_ear(const sim_call& leg, entries& out) {
  for (auto& x : heard_sentences(*leg.carrier)) {
    timeline_entry one{x.from, x.until, x.whole ? "said" : "cut_short", {}};
    one.fields[""] = x.heard;
    one.fields["turn"] = std::to_string(x.turn);
    if (!x.whole)
      one.fields["text"] = x.text;
    out.push_back(std::move(one));
  }
}

/// What else the caller hears.
void add_sounds(const sim_call& leg, entries& out) {
  for (auto& x : leg.carrier->ear()) {
    if (!x.sound)
      continue;
    auto one = entry(x.from, x.turn == 0 ? "background" : "tones", "");
    one.until = x.until;
    one.fields["turn"] = std::to_string(x.turn);
    out.push_back(std::move(one));
  }
}

void add_wire(const sim_call& leg, entries& out) {
  uint64_t turn = 0;
  uint32_t index = 0;
  for (auto& x : leg.carrier->wire()) {
    switch (x.what) {
      case wire_record::kind::play:
        if (x.turn == turn && x.index == index)
          break; // the first piece of a sentence speaks for the rest
        turn = x.turn;
        index = x.index;
        out.push_back(entry(x.at, "plays", std::to_string(x.turn)));
        out.back().fields["sentence"] = std::to_string(x.index);
        break;
      case wire_record::kind::mark: break;
      case wire_record::kind::sound: break; // see add_ear
      case wire_record::kind::clear:
        out.push_back(entry(x.at, "clear", ""));
        turn = 0;
        break;
      case wire_record::kind::close:
        out.push_back(entry(x.at, "closed", std::to_string(x.code)));
        out.back().fields["reason"] = x.text;
        break;
    }
  }
}

void add_caller(const sim_call& leg, entries& out) {
  constexpr std::array names{
    "",           "(noise)", "",       "(hangs up)", "(drops the wire)",
    "(vanishes)", "(echo)",  "(beep)", "(fax)",      "(silence)"};
  for (auto& x : leg.caller->record()) {
    std::string text = names[static_cast<size_t>(x.what)];
    auto one = entry(x.from, "caller", text.empty() ? x.text : text);
    one.until = x.until == time_point::max() ? x.from : x.until;
    out.push_back(std::move(one));
  }
}

void add_model(const sim_call& leg, entries& out) {
  for (auto& x : leg.stages->asked) {
    auto one = entry(x.at, "told", "");
    std::string history, agent;
    for (auto& line : x.what.history) {
      auto user = line.role == "user";
      if (!user)
        agent = line.text;
      one.fields[""] = user ? line.text : ""; // empty: not understood
      history += (history.empty() ? "" : "\n")
                 + std::string{user ? "caller: " : "agent: "} + line.text;
      if (!user)
        one.fields["interrupted"] = line.interrupted ? "true" : "false";
    }
    one.fields["history"] = history;
    one.fields["agent"] = agent;
    one.fields["said_so_far"] = x.what.said_so_far;
    one.fields["session"] = std::to_string(x.session);
    one.fields["keys"] = x.what.keys;
    out.push_back(std::move(one));
  }
  for (auto& x : leg.stages->mishaps) {
    out.push_back(entry(x.at, "fault", x.stage));
    out.back().fields["what"] = std::string{to_text(x.what)};
  }
  for (auto& x : leg.stages->surprises)
    out.push_back(entry(leg.began, "surprise", x));
}

void add_log(sim_world& world, const sim_call& leg, entries& out) {
  auto zero = world.unix_time(leg.began);
  for (auto& x : world.db->events_of(leg.plan.call_id)) {
    auto at = leg.began + milliseconds{x.at - zero};
    auto one = entry(at, "log", x.kind);
    one.fields.merge(members_of(x.detail, ""));
    one.fields["turn"] = std::to_string(x.turn);
    if (x.kind == "user-turn") {
      auto heard = one;
      heard.kind = "understood";
      heard.fields[""] = one.fields["text"];
      out.push_back(std::move(heard));
    } else if (x.kind == "child-restarted") {
      out.push_back(entry(at, "restarted", one.fields["child"]));
    }
    out.push_back(std::move(one));
  }
}

void add_store(sim_world& world, const sim_call& leg, entries& out) {
  auto end = leg.ended.value_or(world.time.now());
  for (auto& x : world.db->messages_of(leg.plan.call_id)) {
    auto one = entry(end, "stored", x.text);
    one.fields["role"] = x.role == "user" ? "caller" : "agent";
    one.fields["turn"] = std::to_string(x.turn);
    one.fields["heard"] = x.heard.heard;
    one.fields["sent"] = x.heard.sent;
    one.fields["unsent"] = x.heard.unsent;
    one.fields["model"] = x.model;
    out.push_back(std::move(one));
  }
  auto i = world.db->conversations.find(leg.plan.call_id);
  if (i == world.db->conversations.end())
    return;
  auto& x = i->second;
  auto one = entry(end, "ended", x.ended_because);
  one.fields["explanation"] = x.explanation;
  one.fields["transfer_to"] = x.transfer_to;
  one.fields["status"] = lower(to_text(x.status));
  one.fields["billed"] = std::to_string(x.billed_seconds);
  out.push_back(std::move(one));
}

/// A field for a trace: one that is too long loses its end, at a character.
std::string shortened(const std::string& text) {
  constexpr size_t longest = 160;
  if (text.size() <= longest)
    return text;
  auto end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end) + "...";
}

std::string in_seconds(caf::timespan x) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(x).count());
}

} // namespace

std::span<const entry_kind> entry_kinds() {
  return kinds;
}

std::vector<timeline_entry>
timeline_of(sim_world& world, std::span<sim_call* const> legs,
            const sim_tools& tools, const std::vector<engine_record>& engine) {
  entries out;
  // At the same instant, causes first.
  for (auto& x : engine)
    out.push_back(entry(x.at, "engine", x.what));
  for (auto* leg : legs)
    add_caller(*leg, out);
  if (!legs.empty())
    add_log(world, *legs.front(), out);
  for (auto* leg : legs)
    add_model(*leg, out);
  for (auto& x : tools.record()) {
    out.push_back(entry(x.at, "tool", x.what.name));
    out.back().fields.merge(members_of(x.what.arguments, "arguments"));
  }
  for (auto* leg : legs) {
    add_wire(*leg, out);
    add_ear(*leg, out);
    add_sounds(*leg, out);
  }
  if (!legs.empty())
    add_store(world, *legs.back(), out);
  std::stable_sort(out.begin(), out.end(),
                   [](auto& a, auto& b) { return a.from < b.from; });
  return out;
}

std::string describe(const timeline_entry& x, time_point zero) {
  auto main = x.fields.find("");
  auto text = main == x.fields.end() ? std::string{} : main->second;
  auto result = fmt::format("after {} s: {} \"{}\"", in_seconds(x.from - zero),
                            x.kind, text);
  for (auto& [name, value] : x.fields)
    if (!name.empty() && !value.empty())
      result += fmt::format(" {}=\"{}\"", name, value);
  return result;
}

std::string
trace_of(const std::vector<timeline_entry>& timeline, time_point zero) {
  std::string result;
  for (auto& x : timeline) {
    if (x.kind == "understood" || x.kind == "restarted")
      continue; // the log's line is there, too
    std::string line
      = fmt::format("{:>9}  {:<10}", in_seconds(x.from - zero), x.kind);
    for (auto& [name, value] : x.fields) {
      if (value.empty() || (x.kind == "told" && name == "agent"))
        continue;
      auto shown = shortened(value);
      for (size_t at = 0; (at = shown.find('\n', at)) != std::string::npos;)
        shown.replace(at, 1, " | ");
      line += name.empty() ? fmt::format(" {}", shown)
                           : fmt::format(" {}=\"{}\"", name, shown);
    }
    if (x.until > x.from)
      line += fmt::format("  (until {})", in_seconds(x.until - zero));
    result += line + "\n";
  }
  return result;
}

} // namespace velox::rehearsal

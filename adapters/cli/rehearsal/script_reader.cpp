#include "adapters/cli/rehearsal/script_reader.hpp"

#include "adapters/cli/rehearsal/script_fields.hpp"
#include "adapters/language/scripted/agent_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace velox::rehearsal {

namespace {

using namespace std::string_view_literals;
using act = caller_step::act;

constexpr std::array<std::pair<std::string_view, act>, 10> caller_acts{{
  {"say", act::say},
  {"noise", act::noise},
  {"keys", act::keys},
  {"hang_up", act::hang_up},
  {"drop_wire", act::drop_wire},
  {"vanish", act::die},
  {"echo", act::echo},
  {"beep", act::beep},
  {"fax", act::fax},
  {"silence", act::wait},
}};

constexpr std::array<std::pair<std::string_view, answerer>, 5> answerers{{
  {"unknown", answerer::unknown},
  {"human", answerer::human},
  {"machine", answerer::machine},
  {"machine_ready", answerer::machine_ready},
  {"fax", answerer::fax},
}};

constexpr std::array<std::pair<std::string_view, interruption>, 4>
  interruptions{{
    {"immediate", interruption::immediate},
    {"milliseconds", interruption::milliseconds},
    {"words", interruption::words},
    {"never", interruption::never},
  }};

constexpr std::array<std::string_view, 8> children{
  "stt",    "turn-taker",     "llm",           "tts",
  "stream", "billing-ticker", "ghost-timeout", "deadline"};

/// The one key of `keys` that the map has; complains when it has none or more.
template <class Keys>
std::string the_one(file_map& map, const Keys& keys, const char* of_what) {
  std::string result, known;
  for (auto& x : keys) {
    std::string key{x};
    known += (known.empty() ? "" : ", ") + key;
    if (!map.get(key).IsDefined())
      continue;
    if (!result.empty())
      map.complain(key,
                   fmt::format("is a second {}; give it its own '-'", of_what));
    result = key;
  }
  if (result.empty())
    map.complain(
      std::string{*std::begin(keys)},
      fmt::format("or another {} is missing; give one of {}", of_what, known));
  return result;
}

template <class T, size_t N>
std::array<std::string_view, N>
names(const std::array<std::pair<std::string_view, T>, N>& table) {
  std::array<std::string_view, N> result;
  std::transform(table.begin(), table.end(), result.begin(),
                 [](auto& x) { return x.first; });
  return result;
}

// -- the caller
// ----------------------------------------------------------------

void read_saying(file_map& map, caller_step& out) {
  if (out.text.empty())
    map.complain("say", "is empty; write what the caller says, or 'silence'");
  auto pieces = spoken_pieces(out.text);
  if (!pieces)
    map.complain("say", "has a pause that is none; write <pause 900ms>");
  if (map.get("heard_as").IsDefined()) {
    out.heard_as = map.text("heard_as");
    if (pieces && pieces->size() > 1)
      map.complain("heard_as", "needs words without a pause; split the step");
  }
  out.confidence = map.share("confidence", out.confidence);
  auto pace = read_real(map, "words_per_second", 0.5, 10, 10. / 3);
  out.batches_per_word = static_cast<size_t>(10 / pace + 0.5);
}

void read_keys(file_map& map, caller_step& out) {
  if (out.text.empty()
      || out.text.find_first_not_of("0123456789*#ABCD") != std::string::npos)
    map.complain("keys", "must be keys in quotes, such as \"42#\"");
  out.between_keys = read_span(map, "between", milliseconds{200});
}

/// "hang_up" alone is a step, too.
caller_step read_step(const YAML::Node& node, const std::string& where,
                      std::vector<std::string>& errors) {
  caller_step out;
  if (node.IsScalar()) {
    for (auto& [name, what] : caller_acts)
      if (name == node.Scalar()
          && (what == act::hang_up || what == act::drop_wire || what == act::die
              || what == act::beep || what == act::fax)) {
        out.what = what;
        out.when = cue::moment::answered;
        out.wait = seconds{2};
        return out;
      }
    errors.push_back(
      fmt::format("line {}: {}: '{}' is no step; write hang_up, drop_wire, "
                  "vanish, beep, fax, or a step such as - say: \"hello\"",
                  line_of(node), where, node.Scalar()));
    return out;
  }
  file_map map{node, where, errors};
  auto key = the_one(map, names(caller_acts), "thing to do");
  for (auto& [name, what] : caller_acts)
    if (name == key)
      out.what = what;
  auto usual = out.what == act::hang_up ? cue{cue::moment::answered, seconds{2}}
               : out.what == act::wait
                 ? cue{cue::moment::later, milliseconds{0}}
                 : cue{cue::moment::answered};
  switch (out.what) {
    case act::say: out.text = map.text(key); break;
    case act::keys: out.text = map.text(key); break;
    case act::noise:
    case act::echo:
    case act::wait: out.length = read_span(map, key, milliseconds{300}); break;
    default: break;
  }
  if (out.what == act::say)
    read_saying(map, out);
  if (out.what == act::keys)
    read_keys(map, out);
  auto when = read_cue(map, usual);
  out.when = when.when;
  out.wait = when.wait;
  out.agent_says = when.text;
  out.word = when.word;
  out.patience = read_span(map, "patience", out.patience);
  map.no_other_keys();
  return out;
}

std::vector<caller_step>
read_steps(file_map& map, std::vector<std::string>& errors) {
  std::vector<caller_step> result;
  for (auto& item : list_items(map, "caller"))
    result.push_back(
      read_step(item, fmt::format("caller[{}]", result.size() + 1), errors));
  return result;
}

void read_legs(file_map& root, call_script& out,
               std::vector<std::string>& errors) {
  out.legs.front().caller = read_steps(root, errors);
  for (auto& map : root.maps("reconnect")) {
    leg_script leg;
    leg.line = map.line();
    leg.after = read_span(map, "after", seconds{1});
    leg.beside = map.flag("beside");
    leg.resumed = !map.get("resumed").IsDefined() || map.flag("resumed");
    leg.caller = read_steps(map, errors);
    map.no_other_keys();
    out.legs.push_back(std::move(leg));
  }
}

// -- the engine
// ----------------------------------------------------------------

using event = engine_step::act;

constexpr std::array<std::pair<std::string_view, event>, 11> events{{
  {"kill", event::kill},
  {"kill_store", event::kill_store},
  {"kill_ledger", event::kill_ledger},
  {"kill_registry", event::kill_registry},
  {"end_call", event::end_call},
  {"stop_engine", event::stop_engine},
  {"spend_credit", event::spend_credit},
  {"store_fails", event::store_fails},
  {"store_is_slow", event::store_is_slow},
  {"ledger_fails", event::ledger_fails},
  {"answered_by", event::answered_by},
}};

engine_step read_event(const YAML::Node& node, const std::string& where,
                       std::vector<std::string>& errors) {
  engine_step out;
  out.line = line_of(node);
  file_map map{node, where, errors};
  auto key = the_one(map, names(events), "event");
  for (auto& [name, what] : events)
    if (name == key)
      out.what = what;
  if (out.what == event::kill) {
    out.text = map.text(key);
    if (std::find(children.begin(), children.end(), out.text) == children.end())
      map.complain(key,
                   fmt::format("must be one of {}", fmt::join(children, ", ")));
  } else if (out.what == event::answered_by) {
    out.who
      = read_choice<answerer>(map, key, answerers).value_or(answerer::unknown);
  } else if (out.what == event::store_fails || out.what == event::store_is_slow
             || out.what == event::ledger_fails) {
    out.length = read_span(map, key, seconds{3});
  } else if (!key.empty()) {
    out.text = map.text(key); // an explanation, or nothing
  }
  out.after_log = map.text("after_log");
  if (!out.after_log.empty())
    out.when = {cue::moment::later, read_span(map, "wait", caf::timespan{0})};
  else
    out.when = read_cue(map, {cue::moment::later, seconds{1}});
  map.no_other_keys();
  return out;
}

// -- the call
// ------------------------------------------------------------------

void read_line(file_map& map, line_quality& out) {
  out.uplink = read_span(map, "uplink", out.uplink);
  out.downlink = read_span(map, "downlink", out.downlink);
  out.jitter = read_span(map, "jitter", out.jitter);
  out.marks_lost = map.share("marks_lost", out.marks_lost);
  map.no_other_keys();
}

void read_limits(file_map& map, actors::call_limits& out) {
  out.ghost = read_span(map, "ghost", out.ghost);
  out.max_duration = read_span(map, "max_duration", out.max_duration);
  out.grace = read_span(map, "grace", out.grace);
  out.tick = read_span(map, "tick", out.tick);
  out.answer_due = read_span(map, "answer_due", out.answer_due);
  out.goodbye = read_span(map, "goodbye", out.goodbye);
  out.hedge_after = read_span(map, "hedge_after", out.hedge_after);
  out.first_token_due = read_span(map, "first_token_due", out.first_token_due);
  out.tool_due = read_span(map, "tool_due", out.tool_due);
  out.lull = read_span(map, "lull", out.lull);
  if (auto x = read_number(map, "restarts", 0, 100))
    out.children.intensity.limit = static_cast<size_t>(*x);
  map.no_other_keys();
}

void read_turns(file_map& map, turn_policy& out) {
  if (auto x = read_choice<interruption>(map, "interrupts", interruptions))
    out.interrupts = *x;
  out.least_voice = read_span(map, "least_voice", out.least_voice);
  if (auto x = read_number(map, "least_words", 1, 100))
    out.least_words = static_cast<uint32_t>(*x);
  out.backchannels = map.texts("backchannels");
  out.false_alarm = read_span(map, "false_alarm", out.false_alarm);
  out.end_of_turn = read_span(map, "end_of_turn", out.end_of_turn);
  out.end_of_turn_sure
    = read_span(map, "end_of_turn_sure", out.end_of_turn_sure);
  out.end_of_turn_unsure
    = read_span(map, "end_of_turn_unsure", out.end_of_turn_unsure);
  out.judge_words
    = !map.get("judge_words").IsDefined() || map.flag("judge_words");
  out.words_due = read_span(map, "words_due", out.words_due);
  out.noise = read_span(map, "noise", out.noise);
  out.stalled = read_span(map, "stalled", out.stalled);
  out.keys = read_span(map, "keys", out.keys);
  if (auto x = read_number(map, "most_keys", 0, 100))
    out.most_keys = static_cast<uint32_t>(*x);
  if (auto text = map.text("keys_end"); !text.empty())
    out.keys_end = text == "none" ? '\0' : text.front();
  out.answer_due = read_span(map, "answer_due", out.answer_due);
  out.idle = read_span(map, "idle", out.idle);
  map.no_other_keys();
}

constexpr std::array<std::pair<std::string_view, voicemail>, 3> voicemails{{
  {"hang_up", voicemail::hang_up},
  {"leave_message", voicemail::leave_message},
  {"go_on", voicemail::go_on},
}};

constexpr std::array<std::pair<std::string_view, recording_consent>, 3>
  consents{{
    {"not_needed", recording_consent::not_needed},
    {"announced", recording_consent::announced},
    {"asked", recording_consent::asked},
  }};

void read_manners(file_map& map, velox::manners& out) {
  out.filler_after = read_span(map, "filler_after", out.filler_after);
  out.filler_again = read_span(map, "filler_again", out.filler_again);
  if (auto x = read_number(map, "idle_prompts", 0, 10))
    out.idle_prompts = static_cast<uint32_t>(*x);
  out.ambience = map.text("ambience");
  out.warn_before = read_span(map, "warn_before", out.warn_before);
  out.protected_sentences = map.texts("protected_sentences");
  if (auto x = read_choice<voicemail>(map, "when_machine", voicemails))
    out.when_machine = *x;
  out.voicemail_message = map.text("voicemail_message");
  out.record = map.flag("record");
  if (auto x = read_choice<recording_consent>(map, "consent", consents))
    out.consent = *x;
  map.no_other_keys();
}

void read_call(file_map& map, call_script& out) {
  if (auto direction = map.text("direction"); direction == "outbound")
    out.outbound = true;
  else if (!direction.empty() && direction != "inbound")
    map.complain("direction", "must be inbound or outbound");
  if (auto x = map.text("begins"); !x.empty()) {
    out.now = x;
    if (!parse_begin(x))
      map.complain("begins",
                   "must be a local time such as \"2026-01-05 10:00\"");
  }
  if (auto x = read_span(map, "credit"))
    out.credit = *x / seconds{1};
  if (auto x = read_span(map, "reservation"))
    out.reservation = *x / seconds{1};
  out.patience = read_span(map, "patience", out.patience);
  if (auto sub = map.map("line"))
    read_line(*sub, out.quality);
  if (auto sub = map.map("limits"))
    read_limits(*sub, out.limits);
  if (auto sub = map.map("turns")) {
    out.own_turns = true;
    read_turns(*sub, out.turns);
  }
  if (auto sub = map.map("manners")) {
    out.own_manners = true;
    read_manners(*sub, out.manners);
  }
  map.no_other_keys();
}

constexpr std::array line_names{
  "still_there"sv,   "still_there_again"sv, "idle_goodbye"sv,
  "out_of_credit"sv, "too_long"sv,          "trouble"sv,
  "closing"sv,       "reconnected"sv,       "here"sv,
  "almost_over"sv,   "recording_notice"sv,  "recording_question"sv};

/// A plain agent, written down in the script itself.
void read_inline_agent(file_map& map, call_script& out) {
  out.agent_name = map.text("name");
  out.greeting = map.text("greeting");
  if (auto x = map.text("language"); !x.empty())
    out.language = x;
  out.transfer_number = map.text("transfer_number");
  for (auto& item : map.maps("languages")) {
    spoken_language x;
    x.language = item.required("language");
    x.name = item.required("name");
    x.voice = item.text("voice");
    x.instructions = item.text("instructions");
    item.no_other_keys();
    out.languages.push_back(std::move(x));
  }
  if (auto lines = map.map("lines")) {
    for (auto name : line_names)
      if (auto text = lines->text(std::string{name}); !text.empty())
        out.lines[std::string{name}] = text;
    out.fillers = lines->texts("fillers");
    lines->no_other_keys();
  }
  map.no_other_keys();
}

void read_agent(file_map& root, call_script& out, const file_reader& read_file,
                std::vector<std::string>& errors) {
  auto node = root.get("agent");
  if (!node.IsDefined() || node.IsNull())
    return;
  if (node.IsMap()) {
    file_map map{node, "agent", errors};
    read_inline_agent(map, out);
    return;
  }
  auto file = root.text("agent");
  auto text = read_file(file);
  if (!text) {
    root.complain("agent", "names a file that cannot be read; " + file
                             + " is looked for beside the script");
    return;
  }
  out.agent_yaml = std::move(*text);
  auto parsed = language::parse(out.agent_yaml);
  for (auto& problem : parsed.errors)
    root.complain("agent", "has errors in " + file + ": " + problem);
}

call_script
read_script(const YAML::Node& node, const std::string& name,
            const file_reader& read_file, std::vector<std::string>& errors) {
  call_script out;
  file_map root{node, "the call", errors};
  out.line = std::max(1, root.line());
  out.name = root.text("name");
  if (out.name.empty())
    out.name = name;
  out.why = root.text("why");
  out.disabled = root.text("disabled");
  if (auto seed = read_number(root, "seed", 1, 1'000'000'000))
    out.seed = static_cast<uint64_t>(*seed);
  read_agent(root, out, read_file, errors);
  if (auto map = root.map("call"))
    read_call(*map, out);
  read_legs(root, out, errors);
  for (auto& item : list_items(root, "events"))
    out.events.push_back(read_event(
      item, fmt::format("events[{}]", out.events.size() + 1), errors));
  read_stages(root, out, errors);
  read_expectations(root, out, errors);
  root.no_other_keys();
  return out;
}

} // namespace

std::optional<language::moment> parse_begin(std::string_view text) {
  int y = 0, h = 0, min = 0;
  unsigned mon = 0, d = 0;
  std::string copy{text};
  int used = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2u %2d:%2d%n", &y, &mon, &d, &h, &min,
                  &used)
        != 5
      || static_cast<size_t>(used) != copy.size())
    return std::nullopt;
  std::chrono::year_month_day date{
    std::chrono::year{y}, std::chrono::month{mon}, std::chrono::day{d}};
  if (!date.ok() || h < 0 || h > 23 || min < 0 || min > 59)
    return std::nullopt;
  return language::moment{std::chrono::sys_days{date}, minutes{h * 60 + min}};
}

scripts_parsed parse_scripts(std::string_view yaml, const std::string& name,
                             const file_reader& read_file) {
  scripts_parsed out;
  try {
    auto documents = YAML::LoadAll(std::string{yaml});
    for (auto& node : documents) {
      auto own = documents.size() == 1
                   ? name
                   : fmt::format("{}-{}", name, out.calls.size() + 1);
      out.calls.push_back(read_script(node, own, read_file, out.errors));
    }
    if (documents.empty())
      out.errors.push_back("line 1: the file has no call; write one "
                           "(docs/scripted-calls.md has an example)");
  } catch (const YAML::Exception& e) {
    out.errors.push_back(fmt::format("line {}: the file is not valid YAML; {}",
                                     e.mark.line + 1, e.msg));
  }
  return out;
}

} // namespace velox::rehearsal

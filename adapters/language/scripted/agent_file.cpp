#include "adapters/language/scripted/agent_file.hpp"

#include "adapters/language/scripted/file_map.hpp"
#include "config/vendors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace velox::language {

namespace {

constexpr std::array<std::pair<std::string_view, slot_type>, 7> slot_types{{
  {"date", slot_type::date},
  {"time", slot_type::time},
  {"name", slot_type::name},
  {"phone", slot_type::phone},
  {"number", slot_type::number},
  {"yes_no", slot_type::yes_no},
  {"text", slot_type::text},
}};

constexpr std::array<std::string_view, 7> weekdays{
  "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};

/// The sentences by their keys in the file.
constexpr std::array<std::pair<const char*, std::string sayings::*>, 22>
  sentences{{
    {"not_understood", &sayings::not_understood},
    {"rephrase", &sayings::rephrase},
    {"please_repeat", &sayings::please_repeat},
    {"help", &sayings::help},
    {"anything_else", &sayings::anything_else},
    {"go_ahead", &sayings::go_ahead},
    {"welcome", &sayings::welcome},
    {"farewell", &sayings::farewell},
    {"cancelled", &sayings::cancelled},
    {"what_to_change", &sayings::what_to_change},
    {"not_heard", &sayings::not_heard},
    {"wait", &sayings::wait},
    {"past", &sayings::past},
    {"closed_day", &sayings::closed_day},
    {"closed_time", &sayings::closed_time},
    {"give_up", &sayings::give_up},
    {"idle_farewell", &sayings::idle_farewell},
    {"apology", &sayings::apology},
    {"time_is_up", &sayings::time_is_up},
    {"out_of_credit", &sayings::out_of_credit},
    {"here", &sayings::here},
    {"almost_over", &sayings::almost_over},
  }};

bool is_phone_number(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+'
         && text[1] != '0'
         && text.find_first_not_of("0123456789", 1) == text.npos;
}

std::string phone_number(file_map& map, const char* key) {
  auto out = map.text(key);
  if (!out.empty() && !is_phone_number(out))
    map.complain(key, "must be a number with its country code, such as "
                      "\"+15550100\" (in quotes)");
  return out;
}

/// Keys of a telephone.
std::string keys_at(file_map& map, const char* key, std::string_view known) {
  auto out = map.text(key);
  if (out.find_first_not_of(known) != std::string::npos || out.size() > 32)
    map.complain(key,
                 fmt::format("must be at most 32 of {} (in quotes)", known));
  return out;
}

/// "8:00-12:30" in minutes since midnight.
std::optional<opening> parse_opening(std::string_view text) {
  std::array<int, 4> n{};
  auto at = text.data();
  auto end = text.data() + text.size();
  constexpr std::string_view separators = ":-:";
  for (size_t i = 0; i < n.size(); ++i) {
    auto [next, error] = std::from_chars(at, end, n[i]);
    if (error != std::errc{} || n[i] < 0)
      return std::nullopt;
    if (i < 3 && (next == end || *next != separators[i]))
      return std::nullopt;
    at = i < 3 ? next + 1 : next;
  }
  opening out{minutes{n[0] * 60 + n[1]}, minutes{n[2] * 60 + n[3]}};
  if (at != end || n[1] > 59 || n[3] > 59 || out.to > minutes{24 * 60}
      || out.from >= out.to)
    return std::nullopt;
  return out;
}

std::optional<sys_days> parse_date(std::string_view text) {
  int y = 0;
  unsigned m = 0;
  unsigned d = 0;
  auto digits = [&](size_t at, size_t count, auto& out) {
    auto end = text.data() + at + count;
    return std::from_chars(text.data() + at, end, out).ptr == end;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !digits(0, 4, y)
      || !digits(5, 2, m) || !digits(8, 2, d))
    return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year{y}, std::chrono::month{m},
                                   std::chrono::day{d}};
  return date.ok() ? std::optional{sys_days{date}} : std::nullopt;
}

opening_hours read_hours(file_map& map) {
  opening_hours out;
  for (size_t i = 0; i < weekdays.size(); ++i) {
    std::string key{weekdays[i]};
    for (auto& text : map.texts(key))
      if (auto x = parse_opening(text))
        out.week[i].push_back(*x);
      else
        map.complain(key, "must be times such as 8:00-17:00, or a list of "
                          "them");
  }
  for (auto& text : map.texts("closed_on"))
    if (auto day = parse_date(text))
      out.closed_on.insert(*day);
    else
      map.complain("closed_on", "must be a list of days such as 2026-12-25");
  map.no_other_keys();
  return out;
}

slot read_slot(file_map& map) {
  slot out;
  out.name = map.required("name");
  auto type = map.required("type");
  auto known = std::find_if(slot_types.begin(), slot_types.end(),
                            [&](auto& x) { return x.first == type; });
  if (known != slot_types.end())
    out.type = known->second;
  else if (!type.empty())
    map.complain("type", "must be one of date, time, name, phone, number, "
                         "yes_no, text");
  out.ask = map.required("ask");
  out.hint = map.text("hint");
  if (auto digits = map.text("digits"); !digits.empty()) {
    auto end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, out.digits).ptr != end
        || out.digits == 0 || out.digits > 32)
      map.complain("digits", "must be a number from 1 to 32");
  }
  map.no_other_keys();
  return out;
}

/// Complains about "{words}" that nothing stands behind.
void check_placeholders(file_map& map, const std::string& key, size_t item,
                        const std::string& text, const intent& x) {
  fill(text, [&](std::string_view name) {
    auto known = std::any_of(x.slots.begin(), x.slots.end(),
                             [&](auto& s) { return s.name == name; });
    auto general
      = name == "company" || name == "agent" || name == "opening_hours";
    if (!known && (key == "phrases" || !general))
      map.complain(key, item,
                   fmt::format("has '{{{}}}', which is no slot of the "
                               "intent; correct it or add the slot",
                               name));
    return "";
  });
}

void read_effect(file_map& map, intent& out) {
  auto then = map.text("then");
  out.transfer_to = phone_number(map, "transfer_to");
  if (then == "hang_up")
    out.then = next_step::hang_up;
  else if (then == "transfer")
    out.then = next_step::transfer;
  else if (!then.empty() && then != "listen")
    map.complain("then", "must be listen, hang_up or transfer");
  if (out.then == next_step::transfer && out.transfer_to.empty())
    map.complain("then", "needs 'transfer_to' with the number to transfer to");
}

intent read_intent(file_map& map) {
  intent out;
  out.name = map.required("name");
  out.about = map.text("about");
  out.phrases = map.texts("phrases");
  for (auto& item : map.maps("slots"))
    out.slots.push_back(read_slot(item));
  out.start = map.text("start");
  out.confirm = map.text("confirm");
  out.answers = map.texts("answers");
  out.follow_up = map.text("follow_up");
  out.offers = map.text("offers");
  out.open_hours_only = map.flag("open_hours_only");
  read_effect(map, out);
  out.key = keys_at(map, "key", "0123456789*#");
  out.press = keys_at(map, "press", "0123456789*#ABCDw");
  if (out.answers.empty())
    map.complain("answers", "must have at least one sentence");
  if (!out.offers.empty() && out.follow_up.empty())
    map.complain("offers", "needs 'follow_up', the question that offers it");
  for (size_t i = 0; i < out.phrases.size(); ++i) {
    check_placeholders(map, "phrases", i, out.phrases[i], out);
    if (to_words(out.phrases[i]).empty())
      map.complain("phrases", i, "has a phrase without words; remove it");
  }
  for (size_t i = 0; i < out.answers.size(); ++i)
    check_placeholders(map, "answers", i, out.answers[i], out);
  for (auto& [key, text] :
       {std::pair{"confirm", &out.confirm}, std::pair{"start", &out.start},
        std::pair{"follow_up", &out.follow_up}})
    check_placeholders(map, key, 0, *text, out);
  std::set<std::string> names;
  for (auto& x : out.slots)
    if (!names.insert(x.name).second)
      map.complain("slots", fmt::format("has '{}' twice; rename one", x.name));
  map.no_other_keys();
  return out;
}

sayings read_sayings(file_map& map) {
  sayings out;
  for (auto& [key, where] : sentences)
    if (auto text = map.text(key); !text.empty())
      out.*where = text;
  if (auto texts = map.texts("still_there"); !texts.empty())
    out.still_there = texts;
  if (auto texts = map.texts("fillers"); !texts.empty())
    out.fillers = texts;
  map.no_other_keys();
  return out;
}

std::vector<std::string>
read_providers(file_map& map, const char* key,
               std::span<const std::string_view> names) {
  auto out = map.texts(key);
  for (size_t i = 0; i < out.size(); ++i)
    if (auto problem = config::choice_problem(out[i], names); !problem.empty())
      map.complain(key, i, problem);
  return out;
}

/// Who listens, thinks and speaks, and what the model is told.
void read_providers(file_map& map, agent& out) {
  out.prompt = map.text("prompt");
  out.transfer_number = phone_number(map, "transfer_number");
  out.recognizers
    = read_providers(map, "recognizers", config::recognizer_names);
  out.voices = read_providers(map, "voices", config::voice_names);
  out.models = read_providers(map, "models", config::model_names);
}

/// Whether the script may have to answer, which is English.
bool may_be_scripted(const agent& x) {
  auto scripted = [](const std::string& name) { return name == "scripted"; };
  return x.models.empty()
         || std::any_of(x.models.begin(), x.models.end(), scripted);
}

void read_agent(file_map& map, agent& out) {
  out.name = map.required("name");
  out.company = map.text("company");
  map.required("phone_number");
  out.phone_number = phone_number(map, "phone_number");
  if (auto language = map.text("language"); !language.empty())
    out.language = language;
  read_providers(map, out);
  if (!out.language.starts_with("en") && may_be_scripted(out))
    map.complain("language", "must be English (en-US, en-GB, ...): the "
                             "scripted agent understands no other language; "
                             "or name others under 'models'");
  out.voice = map.text("voice");
  out.greeting = map.required("greeting");
  out.talk = read_talk(map, out.language);
  out.when_lost = map.text("when_lost");
  out.min_confidence = map.share("min_confidence", out.min_confidence);
  out.names = map.texts("names");
  out.extra_phrases = map.texts("extra_phrases");
  if (auto sub = map.map("says"))
    out.says = read_sayings(*sub);
  if (auto sub = map.map("opening_hours"))
    out.hours = read_hours(*sub);
  auto items = map.maps("intents");
  for (auto& item : items) {
    auto x = read_intent(item);
    if (!x.name.empty() && out.find(x.name) != nullptr)
      item.complain("name", "is the name of an earlier intent too; rename it");
    out.intents.push_back(std::move(x));
  }
  std::set<std::string> keys;
  for (size_t i = 0; i < out.intents.size(); ++i)
    if (auto& key = out.intents[i].key;
        !key.empty() && !keys.insert(key).second)
      items[i].complain("key", "is the key of an earlier intent too; choose "
                               "another one");
  if (items.empty())
    map.complain("intents", "must list what callers may want");
  for (size_t i = 0; i < items.size(); ++i)
    if (auto& offers = out.intents[i].offers;
        !offers.empty() && out.find(offers) == nullptr)
      items[i].complain("offers", "must be the name of an intent");
  if (!out.when_lost.empty() && out.find(out.when_lost) == nullptr)
    map.complain("when_lost", "must be the name of an intent");
  map.no_other_keys();
}

} // namespace

const intent* agent::find(std::string_view intent_name) const {
  auto found = std::find_if(intents.begin(), intents.end(),
                            [&](auto& x) { return x.name == intent_name; });
  return found == intents.end() ? nullptr : &*found;
}

agent_parsed parse(std::string_view yaml) {
  agent_parsed out;
  agent value;
  try {
    auto root = YAML::Load(std::string{yaml});
    file_map map{root, "the file", out.errors};
    read_agent(map, value);
  } catch (const YAML::Exception& e) {
    out.errors.push_back(fmt::format("line {}: the file is not valid YAML; {}",
                                     e.mark.line + 1, e.msg));
  }
  if (out.errors.empty())
    out.value = std::move(value);
  return out;
}

agent_record to_record(const agent& x, std::string_view yaml) {
  agent_record out;
  out.name = x.company.empty() ? x.name : x.company;
  out.phone_number = x.phone_number;
  out.language = x.language;
  out.voice = x.voice;
  out.script = std::string{yaml};
  return out;
}

} // namespace velox::language

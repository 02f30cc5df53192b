#include "adapters/language/scripted/agent_talk.hpp"

#include "config/keys.hpp"
#include "protocol/background_sound.hpp"
#include "protocol/phrasebook.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <utility>

namespace velox::language {

namespace {

using std::chrono::milliseconds;

template <class T, size_t N>
using names = std::array<std::pair<std::string_view, T>, N>;

constexpr names<interruption, 4> interruptions{{
  {"immediate", interruption::immediate},
  {"milliseconds", interruption::milliseconds},
  {"words", interruption::words},
  {"never", interruption::never},
}};

constexpr names<voicemail, 3> voicemails{{
  {"hang_up", voicemail::hang_up},
  {"leave_message", voicemail::leave_message},
  {"go_on", voicemail::go_on},
}};

constexpr names<recording_consent, 3> consents{{
  {"not_needed", recording_consent::not_needed},
  {"announced", recording_consent::announced},
  {"asked", recording_consent::asked},
}};

/// The value at `key` by its name.
template <class T, size_t N>
std::optional<T>
one_of(file_map& map, const char* key, const names<T, N>& all) {
  auto text = map.text(key);
  if (text.empty())
    return std::nullopt;
  std::string list;
  for (auto& [name, value] : all) {
    if (name == text)
      return value;
    list += (list.empty() ? "" : ", ") + std::string{name};
  }
  map.complain(key, "must be one of " + list);
  return std::nullopt;
}

/// A duration such as 500ms or 8s.
std::optional<milliseconds>
span_at(file_map& map, const char* key, milliseconds least, milliseconds most) {
  auto text = map.text(key);
  if (text.empty())
    return std::nullopt;
  config::duration value{0};
  if (config::parse_duration(text, value) && value >= least && value <= most)
    return value;
  map.complain(key, fmt::format("must be a duration from {} to {}, such as "
                                "500ms or 8s",
                                config::to_text(least), config::to_text(most)));
  return std::nullopt;
}

std::optional<uint32_t>
count_at(file_map& map, const char* key, uint32_t least, uint32_t most) {
  auto text = map.text(key);
  if (text.empty())
    return std::nullopt;
  uint32_t value = 0;
  auto end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && at == end && value >= least && value <= most)
    return value;
  map.complain(key, fmt::format("must be a number from {} to {}", least, most));
  return std::nullopt;
}

/// Notes a duration of the policy.
void span_key(file_map& map, const char* key, caf::timespan turn_policy::*to,
              milliseconds least, milliseconds most, talk& out) {
  if (auto x = span_at(map, key, least, most))
    out.turns.push_back([to, x](turn_policy& y) { y.*to = *x; });
}

void read_interruption(file_map& map, talk& out) {
  if (auto x = one_of(map, "interruption", interruptions))
    out.turns.push_back([x](turn_policy& y) { y.interrupts = *x; });
  span_key(map, "interruption_voice", &turn_policy::least_voice,
           milliseconds{0}, milliseconds{3000}, out);
  if (auto x = count_at(map, "interruption_words", 1, 10))
    out.turns.push_back([x](turn_policy& y) { y.least_words = *x; });
  if (auto x = map.texts("backchannels"); !x.empty())
    out.turns.push_back([x](turn_policy& y) { y.backchannels = x; });
  out.manners.protected_sentences = map.texts("protected");
  out.manners.sensitivity = map.share("sensitivity", out.manners.sensitivity);
}

void read_keys(file_map& map, talk& out) {
  span_key(map, "keys_pause", &turn_policy::keys, milliseconds{500},
           milliseconds{15000}, out);
  if (auto x = count_at(map, "keys_most", 0, 32))
    out.turns.push_back([x](turn_policy& y) { y.most_keys = *x; });
  auto end = map.text("keys_end");
  if (end.size() == 1
      && std::string{"0123456789*#"}.find(end) != std::string::npos)
    out.turns.push_back([key = end[0]](turn_policy& y) { y.keys_end = key; });
  else if (end == "none")
    out.turns.push_back([](turn_policy& y) { y.keys_end = 0; });
  else if (!end.empty())
    map.complain("keys_end", "must be one key (0-9, \"*\", \"#\") or none");
  if (map.text("keys_in_band") == "false")
    out.manners.keys_in_band = false;
  else
    map.flag("keys_in_band");
}

void read_silence(file_map& map, talk& out) {
  auto& how = out.manners;
  auto most = milliseconds{60000};
  auto least = milliseconds{0};
  if (auto x = span_at(map, "filler_after", least, most))
    how.filler_after = *x;
  if (auto x = span_at(map, "filler_again", least, most))
    how.filler_again = *x;
  span_key(map, "idle_after", &turn_policy::idle, milliseconds{2000},
           milliseconds{120000}, out);
  if (auto x = count_at(map, "idle_prompts", 0, 10))
    how.idle_prompts = *x;
  if (auto x = span_at(map, "warn_before", least, milliseconds{600000}))
    how.warn_before = *x;
  how.ambience = map.text("ambience");
  auto known = background_sounds();
  if (!how.ambience.empty()
      && std::find(known.begin(), known.end(), how.ambience) == known.end())
    map.complain("ambience", fmt::format("must be one of {}; or leave it out",
                                         fmt::join(known, ", ")));
}

void read_end_of_turn(file_map& map, talk& out) {
  auto most = milliseconds{5000};
  auto least = milliseconds{0};
  span_key(map, "end_of_turn", &turn_policy::end_of_turn, least, most, out);
  span_key(map, "end_of_turn_sure", &turn_policy::end_of_turn_sure, least, most,
           out);
  span_key(map, "end_of_turn_unsure", &turn_policy::end_of_turn_unsure, least,
           most, out);
  if (map.text("judge_words") == "false")
    out.turns.push_back([](turn_policy& y) { y.judge_words = false; });
  else
    map.flag("judge_words");
}

void read_voicemail(file_map& map, talk& out) {
  if (auto x = one_of(map, "then", voicemails))
    out.manners.when_machine = *x;
  out.manners.voicemail_message = map.text("message");
  if (out.manners.when_machine == voicemail::leave_message
      && out.manners.voicemail_message.empty())
    map.complain("then", "needs 'message', what is said after the beep");
  map.no_other_keys();
}

void read_recording(file_map& map, talk& out) {
  out.manners.record = true;
  if (auto x = one_of(map, "consent", consents))
    out.manners.consent = *x;
  out.recording_notice = map.text("notice");
  out.recording_question = map.text("question");
  map.no_other_keys();
}

std::string name_of(const std::string& language) {
  auto* known = find_language(language);
  return known != nullptr ? std::string{known->english} : language;
}

spoken_language read_language(file_map& map) {
  spoken_language out;
  out.language = map.required("language");
  out.lines = lines_for(out.language);
  out.name = map.text("name");
  if (out.name.empty())
    out.name = name_of(out.language);
  out.voice = map.text("voice");
  out.instructions = map.text("prompt");
  map.no_other_keys();
  return out;
}

pronunciation read_pronunciation(file_map& map) {
  pronunciation out;
  out.word = map.required("word");
  out.say_as = map.text("say_as");
  out.ipa = map.text("ipa");
  if (out.say_as.empty() && out.ipa.empty())
    map.complain("word", "needs 'say_as', respelled as it sounds, or 'ipa'");
  map.no_other_keys();
  return out;
}

} // namespace

talk read_talk(file_map& agent, const std::string& language) {
  talk out;
  out.turns.push_back([language](turn_policy& y) { y.language = language; });
  if (auto map = agent.map("talk")) {
    read_interruption(*map, out);
    read_end_of_turn(*map, out);
    read_keys(*map, out);
    read_silence(*map, out);
    map->no_other_keys();
  }
  if (auto map = agent.map("voicemail"))
    read_voicemail(*map, out);
  if (auto map = agent.map("recording"))
    read_recording(*map, out);
  for (auto& map : agent.maps("languages"))
    out.languages.push_back(read_language(map));
  for (auto& map : agent.maps("pronunciations"))
    out.pronunciations.push_back(read_pronunciation(map));
  return out;
}

turn_policy apply(const talk& x, turn_policy engine) {
  for (auto& change : x.turns)
    change(engine);
  return engine;
}

} // namespace velox::language

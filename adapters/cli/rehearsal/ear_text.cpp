#include "adapters/cli/rehearsal/ear_text.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace velox::rehearsal {

namespace {

using time_point = virtual_world::time_point;

/// The words of `text` that lie within its first `characters`.
std::string words_within(const std::string& text, size_t characters) {
  if (characters >= text.size())
    return text;
  auto end = characters;
  if (text[end] != ' ') { // in the middle of a word
    auto blank = text.rfind(' ', end);
    if (blank == std::string::npos)
      return {};
    end = blank;
  }
  while (end > 0 && text[end - 1] == ' ')
    --end;
  return text.substr(0, end);
}

/// How many characters are spoken in `span`.
size_t characters_in(caf::timespan span) {
  auto per_character = std::chrono::microseconds{125 * bytes_per_character};
  // A sample or two may be missing at a cut.
  return static_cast<size_t>((span + milliseconds{2}) / per_character);
}

} // namespace

std::vector<heard_sentence>
heard_sentences(const sim_carrier& carrier, time_point until) {
  std::vector<heard_sentence> result;
  std::vector<caf::timespan> spans;
  auto& texts = *carrier.texts();
  for (auto& x : carrier.ear(until)) {
    if (x.sound)
      continue;
    if (result.empty() || result.back().turn != x.turn
        || result.back().index != x.index) {
      auto known = texts.find({x.turn, x.index});
      auto text = known == texts.end() ? std::string{} : known->second;
      result.push_back({x.turn, x.index, text, {}, x.from, x.until, false});
      spans.push_back(caf::timespan{0});
    }
    result.back().until = x.until;
    spans.back() += x.until - x.from;
  }
  for (size_t i = 0; i < result.size(); ++i) {
    auto characters = characters_in(spans[i]);
    result[i].heard = words_within(result[i].text, characters);
    result[i].whole = characters >= result[i].text.size();
  }
  return result;
}

size_t words_heard(const sim_carrier& carrier, time_point now) {
  if (!carrier.hearing_since(now))
    return 0;
  auto all = heard_sentences(carrier, now);
  size_t result = 0;
  for (auto& x : all)
    if (x.turn == all.back().turn)
      result += count_words(x.heard);
  return result;
}

std::optional<time_point>
heard_saying(const sim_carrier& carrier, const std::string& text,
             time_point since, time_point now) {
  auto wanted = lower(text);
  for (auto& x : heard_sentences(carrier, now)) {
    if (x.until <= since)
      continue;
    auto at = lower(x.heard).find(wanted);
    if (at == std::string::npos)
      continue;
    auto span = std::chrono::microseconds{125 * bytes_per_character};
    auto end = x.from + span * static_cast<int64_t>(at + wanted.size());
    return std::min(std::max(end, x.from), now);
  }
  return std::nullopt;
}

size_t count_words(const std::string& text) {
  std::istringstream in{text};
  size_t result = 0;
  for (std::string word; in >> word;)
    ++result;
  return result;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

} // namespace velox::rehearsal

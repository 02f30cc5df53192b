#include "actors/word_position.hpp"

#include "actors/phrases.hpp"

#include <algorithm>
#include <string_view>

namespace velox::actors {

namespace {

/// How many words of the text a spoken word may be ahead of: numbers and dates
/// are said with other words than they are written.
constexpr size_t reach = 6;

/// A word of the text.
struct place {
  size_t from = 0;
  size_t until = 0;
  std::vector<std::string> plain{};
};

/// A word of the text whose time is known.
struct anchor {
  size_t word = 0; ///< index into the places
  int64_t from_ms = 0;
  int64_t until_ms = 0;
};

std::vector<place> places_of(const std::string& text) {
  constexpr auto blanks = " \t\r\n";
  std::vector<place> result;
  for (size_t at = 0;;) {
    at = text.find_first_not_of(blanks, at);
    if (at == std::string::npos)
      return result;
    auto until = std::min(text.find_first_of(blanks, at), text.size());
    result.push_back(
      {at, until, plain_words(std::string_view{text}.substr(at, until - at))});
    at = until;
  }
}

/// The words that were found, in order of both text and time.
std::vector<anchor> anchors_of(const std::vector<place>& places,
                               const std::vector<spoken_word>& words) {
  std::vector<anchor> result;
  size_t next = 0;
  for (auto& word : words) {
    auto plain = plain_words(word.text);
    auto limit = std::min(places.size(), next + reach);
    for (auto i = next; i < limit && !plain.empty(); ++i) {
      if (places[i].plain != plain)
        continue;
      result.push_back({i, word.start_ms, word.end_ms});
      next = i + 1;
      break;
    }
  }
  return result;
}

} // namespace

size_t words_within(const std::string& text, double share) {
  if (share >= 1)
    return text.size();
  auto reached = std::max(share, 0.0) * static_cast<double>(text.size());
  size_t end = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != ' ')
      continue;
    if (static_cast<double>(i) > reached)
      break;
    end = i;
  }
  return end;
}

size_t
word_position(const std::string& text, const std::vector<spoken_word>& words,
              int64_t heard_ms, int64_t total_ms) {
  auto places = places_of(text);
  auto anchors = anchors_of(places, words);
  auto after = std::find_if(anchors.begin(), anchors.end(),
                            [&](auto& x) { return x.until_ms > heard_ms; });
  size_t from = 0; // the end of the last word known to be heard
  int64_t from_ms = 0;
  if (after != anchors.begin()) {
    from = places[(after - 1)->word].until;
    from_ms = (after - 1)->until_ms;
  }
  auto until = after == anchors.end() ? text.size() : places[after->word].from;
  auto until_ms = after == anchors.end() ? total_ms : after->from_ms;
  if (until <= from)
    return from;
  // No time for the words between: they are heard with the next one.
  auto share = until_ms > from_ms ? static_cast<double>(heard_ms - from_ms)
                                      / static_cast<double>(until_ms - from_ms)
                                  : 0.0;
  auto between = text.substr(from, until - from);
  auto end = from + words_within(between, share);
  while (end > from && (text[end - 1] == ' '))
    --end;
  return end;
}

} // namespace velox::actors

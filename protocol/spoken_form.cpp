#include "protocol/spoken_form.hpp"

#include "protocol/spoken_rules.hpp"
#include "protocol/spoken_text.hpp"
#include "protocol/ssml.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>
#include <array>

namespace velox {

namespace {

std::string_view primary_of(std::string_view language) {
  return language.substr(0, language.find_first_of("-_"));
}

std::string_view region_of(std::string_view language) {
  auto at = language.find_first_of("-_");
  return at == std::string_view::npos ? "" : language.substr(at + 1);
}

template <size_t N>
bool is_one_of(std::string_view x, const std::array<std::string_view, N>& all) {
  return std::ranges::find(all, x) != all.end();
}

/// Where the decimal mark is a point though the language has a comma.
constexpr auto point_regions = std::to_array<std::string_view>(
  {"MX", "US", "PR", "DO", "GT", "HN", "NI", "PA", "SV", "419"});

/// Where English writes the month first; with no region, too.
constexpr auto month_first_regions
  = std::to_array<std::string_view>({"", "US", "PH", "CA"});

/// Joins what was said to what is around it by one blank.
class spoken_output {
public:
  void copy(std::string_view text) {
    if (joint_ && is_word_at(text, 0))
      text_ += ' ';
    joint_ = false;
    text_ += text;
  }

  void say(std::string_view words) {
    bool glued = is_word_before(text_, text_.size());
    if (words == " ") { // a blank, unless there is one
      joint_ = glued;
      return;
    }
    if (words.empty())
      return;
    if (glued && words[0] != ' ')
      text_ += ' ';
    text_ += words[0] == ' ' ? words.substr(1) : words;
    joint_ = true;
  }

  std::string take() { return std::move(text_); }

private:
  std::string text_;
  bool joint_ = false; ///< a letter that follows is no part of the last word
};

std::string without_garbage(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    auto length = utf8_length(text);
    result += text.substr(0, length);
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return result;
}

std::string without_marks(std::string_view text) {
  std::string result{text};
  for (;;) { // dropping a mark may uncover another one
    spoken_text filter;
    std::string out;
    filter.push(result, out);
    filter.flush(out);
    if (out.size() == result.size())
      return out;
    result = std::move(out);
  }
}

/// "[here](https://x.org)" is a link to the eye: its text is said.
spoken_result read_link(std::string_view text, size_t at) {
  auto rest = text.substr(at);
  if (!rest.starts_with('['))
    return std::nullopt;
  auto middle = rest.find("](");
  auto end = middle == rest.npos ? rest.npos : rest.find(')', middle);
  if (end == rest.npos || rest.substr(1, middle).find('[') != rest.npos
      || rest.substr(0, end).find('\n') != rest.npos || middle < 2)
    return std::nullopt;
  return spoken_reading{at + end + 1, std::string{rest.substr(1, middle - 1)}};
}

spoken_result read_short(const text_place& place) {
  for (auto& x : place.words.shorts) {
    auto scan = place.scan();
    if (scan.take(x.written) && (scan.word_ends() || x.written.ends_with('/')))
      return spoken_reading{scan.at(), std::string{x.said}};
  }
  return std::nullopt;
}

/// "No. 5", "Nr. 5", "núm. 5".
spoken_result read_numbered(const text_place& place) {
  for (auto* x : {"No. ", "no. ", "Nr. ", "nº ", "n.º ", "núm. "}) {
    auto scan = place.scan();
    if (scan.take(x) && is_ascii_digit(scan.peek()))
      return spoken_reading{scan.at(), std::string{place.words.number} + " "};
  }
  return std::nullopt;
}

using rule = spoken_result (*)(const text_place&);

constexpr auto word_rules = std::to_array<rule>(
  {read_short, read_numbered, read_extension, read_date, read_time, read_money,
   read_phone, read_version, read_fraction, read_quantity, read_code});

constexpr auto sign_rules
  = std::to_array<rule>({read_short, read_money, read_phone, read_fraction,
                         read_quantity, read_sign});

spoken_result read_words(const text_place& place) {
  bool begins = !is_word_before(place.text, place.at);
  bool word = is_word_at(place.text, place.at);
  char c = place.text[place.at];
  char before = place.at > 0 ? place.text[place.at - 1] : ' ';
  if (word && !begins)
    return std::nullopt;
  if (word) {
    for (auto x : word_rules)
      if (auto result = x(place))
        return result;
    return std::nullopt;
  }
  // A sign within a word or behind a mark belongs to no number.
  bool free = begins && before != '-' && before != '+';
  if ((c == '-' || c == '+' || c == '(') && !free)
    return c == '+' ? read_sign(place) : std::nullopt;
  for (auto x : sign_rules)
    if (auto result = x(place))
      return result;
  return std::nullopt;
}

/// Text without tags, once through all rules.
std::string say_once(std::string_view text, const address_words* addresses,
                     text_place* place) {
  spoken_output out;
  if (place)
    place->text = text;
  for (size_t at = 0; at < text.size();) {
    auto result = read_link(text, at);
    if (!result && addresses && is_word_at(text, at)
        && !is_word_before(text, at))
      result = read_address(text, at, *addresses);
    if (!result && place)
      result = read_words(place->moved_to(at));
    if (result && result->end > at) {
      out.say(result->text);
      at = result->end;
      continue;
    }
    auto length = std::max<size_t>(utf8_length(text.substr(at)), 1);
    out.copy(text.substr(at, length));
    at += length;
  }
  return out.take();
}

std::string say_text(std::string_view text, std::string_view language) {
  auto primary = primary_of(language);
  auto* addresses = address_words_of(primary);
  auto* words = spoken_words_of(primary);
  number_words numbers{primary};
  std::optional<text_place> place;
  if (words) {
    auto region = region_of(language);
    place.emplace(text_place{text, 0, *words, numbers, words->decimal,
                             words->group, false});
    place->month_first
      = primary == "en" && is_one_of(region, month_first_regions);
    if (primary == "es" && is_one_of(region, point_regions))
      std::swap(place->decimal, place->group);
  }
  return say_once(text, addresses, place ? &*place : nullptr);
}

/// Most sentences are words and nothing else.
bool is_plain(std::string_view text) {
  if (text.ends_with('.'))
    text.remove_suffix(1);
  return std::ranges::all_of(text, [](char c) {
    return is_ascii_lower(c) || is_ascii_upper(c)
           || std::string_view{" ,;!?'\""}.find(c) != std::string_view::npos;
  });
}

std::string say_sentence(std::string_view written, std::string_view language) {
  std::string result;
  for (auto& piece : split_ssml(without_marks(written))) {
    if (piece.tag || piece.literal)
      result += piece.text;
    else
      result += say_text(piece.text, language);
  }
  return result;
}

/// What one rule leaves may be another's; more rounds than these change
/// nothing.
constexpr int most_rounds = 5;

} // namespace

std::string spoken_form(std::string_view written, std::string_view language) {
  if (is_plain(written))
    return std::string{written};
  auto result = without_garbage(written);
  for (int i = 0; i < most_rounds; ++i) {
    auto next = say_sentence(result, language);
    if (next == result)
      break;
    result = std::move(next);
  }
  return result;
}

} // namespace velox

#include "protocol/spoken_rules.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>

/// Signs that are read out, and fractions.

namespace velox {

namespace {

struct glyph {
  std::string_view written;
  uint64_t above, below;
};

constexpr auto glyphs = std::to_array<glyph>({
  {"½", 1, 2},
  {"¼", 1, 4},
  {"¾", 3, 4},
  {"⅓", 1, 3},
  {"⅔", 2, 3},
  {"⅛", 1, 8},
});

std::string
english_fraction(const number_words& numbers, uint64_t above, uint64_t below) {
  auto part = below == 2   ? std::string{"half"}
              : below == 4 ? std::string{"quarter"}
                           : numbers.ordinal(below);
  if (above > 1)
    part = below == 2 ? "halves" : part + "s";
  return numbers.cardinal(above) + " " + part;
}

/// "media taza", but "medio litro": the noun is behind `place`.
std::string_view spanish_half(const text_place& place) {
  auto end = place.at;
  auto scan = place.scan();
  if (scan.blanks())
    for (end = scan.at(); is_word_at(place.text, end);)
      end += std::max<size_t>(utf8_length(place.text.substr(end)), 1);
  return end > place.at && place.text[end - 1] == 'a' ? "media" : "medio";
}

std::string
spanish_fraction(const number_words& numbers, uint64_t above, uint64_t below) {
  auto part = below == 2   ? std::string{"medio"}
              : below == 3 ? std::string{"tercio"}
                           : numbers.ordinal(below);
  return numbers.cardinal(above, number_gender::masculine) + " " + part
         + (above > 1 ? "s" : "");
}

std::string
german_fraction(const number_words& numbers, uint64_t above, uint64_t below) {
  if (below == 2)
    return above == 1 ? "einhalb" : numbers.cardinal(above) + " halbe";
  auto part = below == 3   ? std::string{"Drittel"}
              : below == 7 ? std::string{"Siebtel"}
                           : numbers.cardinal(below) + "tel";
  part[0] = is_ascii_lower(part[0]) ? static_cast<char>(part[0] - 'a' + 'A')
                                    : part[0];
  return numbers.cardinal(above, number_gender::masculine) + " " + part;
}

std::string
say_fraction(const text_place& place, uint64_t above, uint64_t below) {
  if (place.in("es") && above == 1 && below == 2)
    return std::string{spanish_half(place)};
  if (place.in("es"))
    return spanish_fraction(place.numbers, above, below);
  return place.in("de") ? german_fraction(place.numbers, above, below)
                        : english_fraction(place.numbers, above, below);
}

/// "two and a half" of "2 1/2".
std::string say_mixed(const text_place& place, std::string_view whole,
                      uint64_t above, uint64_t below) {
  auto number = place.numbers.of_digits(whole, number_gender::masculine);
  if (place.in("de") && below == 2 && above == 1)
    return number + "einhalb";
  if (place.in("es"))
    return number + " y "
           + (below == 2 ? "medio" : say_fraction(place, above, below));
  if (place.in("de"))
    return number + " " + say_fraction(place, above, below);
  return number + " and "
         + (above == 1 && below == 2   ? "a half"
            : above == 1 && below == 4 ? "a quarter"
                                       : say_fraction(place, above, below));
}

bool is_spoken_fraction(uint64_t above, uint64_t below) {
  return above > 0 && above < below && below >= 2 && below <= 10;
}

const glyph* take_glyph(text_scan& scan) {
  for (auto& x : glyphs)
    if (scan.take(x.written))
      return &x;
  return nullptr;
}

bool between_digits(const text_place& place, size_t length) {
  auto before = place.at;
  while (before > 0 && place.text[before - 1] == ' ')
    --before;
  auto scan = place.moved_to(place.at + length).scan();
  scan.blanks();
  return before > 0 && is_ascii_digit(place.text[before - 1])
         && is_ascii_digit(scan.peek());
}

/// The word that a sign between two others stands for.
std::string slash_word(const text_place& place) {
  auto behind = place.at + 1;
  auto before = place.at;
  auto word = place.word_before(before);
  if (between_digits(place, 1))
    return std::string{place.words.slash};
  bool lower = word.size() > 1 && !is_ascii_upper(place.text[place.at - 1])
               && behind < place.text.size()
               && is_ascii_lower(place.text[behind]);
  return lower ? std::string{place.words.or_} : " ";
}

spoken_result
one(const text_place& place, std::string_view written, std::string_view said) {
  auto scan = place.scan();
  if (!scan.take(written))
    return std::nullopt;
  return spoken_reading{scan.at(), std::string{said}};
}

/// '#': "number five", a hashtag, or the key.
spoken_result read_hash(const text_place& place) {
  auto scan = place.scan();
  scan.take("#");
  auto digits = scan.digits(1, 32);
  if (!digits.empty() && scan.word_ends())
    return spoken_reading{scan.at(), std::string{place.words.number} + " "
                                       + (digits.size() > 4
                                            ? place.numbers.each(digits)
                                            : place.numbers.of_digits(digits))};
  if (!digits.empty())
    return std::nullopt;
  if (!scan.word_ends())
    return spoken_reading{scan.at(), ""};
  return spoken_reading{scan.at(), std::string{place.words.hash}};
}

spoken_result read_ascii_sign(const text_place& place) {
  auto& words = place.words;
  auto word_before = is_word_before(place.text, place.at);
  auto word_behind = is_word_at(place.text, place.at + 1);
  switch (place.text[place.at]) {
    case '&': return one(place, "&", words.and_);
    case '@': return one(place, "@", words.at);
    case '#': return read_hash(place);
    case '%': return one(place, "%", words.percent);
    case '*':
      return one(place, "*",
                 between_digits(place, 1) ? words.times : words.star);
    case '=':
      return word_before || word_behind || between_digits(place, 1)
               ? one(place, "=", words.equals)
               : std::nullopt;
    case '+':
      // "C++" is a name.
      if (word_before && !word_behind)
        return std::nullopt;
      return place.scan().peek(1) == '+' ? std::nullopt
                                         : one(place, "+", words.plus);
    case '~':
      return is_ascii_digit(place.scan().peek(1)) ? one(place, "~", words.about)
                                                  : std::nullopt;
    case ':': // a score
      return word_before && word_behind && between_digits(place, 1)
               ? one(place, ":", words.range)
               : std::nullopt;
    case '/':
      return word_before && word_behind ? one(place, "/", slash_word(place))
                                        : std::nullopt;
    case '_':
      return word_before && word_behind ? one(place, "_", " ") : std::nullopt;
    default: return std::nullopt;
  }
}

} // namespace

spoken_result read_fraction(const text_place& place) {
  auto scan = place.scan();
  if (auto* x = take_glyph(scan))
    return spoken_reading{
      scan.at(), say_fraction(place.moved_to(scan.at()), x->above, x->below)};
  auto whole = scan.digits(1, 3);
  if (whole.empty())
    return std::nullopt;
  auto ahead = scan;
  bool blank = ahead.blanks();
  if (auto* x = take_glyph(ahead))
    return spoken_reading{ahead.at(),
                          say_mixed(place, whole, x->above, x->below)};
  auto above = blank ? ahead.digits(1, 2) : std::string_view{};
  bool mixed = !above.empty();
  if (!mixed) {
    ahead = scan;
    above = whole;
  }
  if (!ahead.take("/"))
    return std::nullopt;
  auto below = ahead.digits(1, 3);
  bool more = ahead.peek() == '/' && is_ascii_digit(ahead.peek(1));
  if (below.empty() || !ahead.word_ends() || more)
    return std::nullopt;
  bool known = is_spoken_fraction(value_of(above), value_of(below));
  if (mixed && known)
    return spoken_reading{
      ahead.at(), say_mixed(place, whole, value_of(above), value_of(below))};
  if (mixed)
    return std::nullopt;
  if (known)
    return spoken_reading{ahead.at(),
                          say_fraction(place.moved_to(ahead.at()),
                                       value_of(above), value_of(below))};
  return spoken_reading{ahead.at(), place.numbers.of_digits(above) + " "
                                      + std::string{place.words.slash} + " "
                                      + place.numbers.of_digits(below)};
}

spoken_result read_sign(const text_place& place) {
  auto rest = place.text.substr(place.at);
  if (static_cast<uint8_t>(rest[0]) < 0x80)
    return read_ascii_sign(place);
  auto& words = place.words;
  for (auto& [written, said] : {word_pair{"×", words.times},
                                {"§", words.section},
                                {"≈", words.about},
                                {"→", " "},
                                {"™", ""},
                                {"®", ""},
                                {"©", ""}})
    if (rest.starts_with(written))
      return one(place, written, said);
  for (auto& currency : words.currencies)
    if (!currency.sign.empty() && rest.starts_with(currency.sign))
      return one(place, currency.sign, currency.many);
  return std::nullopt;
}

} // namespace velox

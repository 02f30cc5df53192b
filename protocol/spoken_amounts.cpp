#include "protocol/spoken_rules.hpp"

#include <algorithm>

/// Numbers with what they count: units, money, percent, ordinals, fractions.

namespace velox {

namespace {

/// How far a thousands group reaches.
constexpr size_t group_size = 3;

bool is_one(const written_number& x) {
  return x.whole == "1" && x.fraction.empty();
}

/// Articles and prepositions of Spanish, that begin no counted noun.
bool counts_nothing(std::string_view word) {
  constexpr auto words = std::to_array<std::string_view>(
    {"de", "y", "o", "a", "por", "en", "con", "es", "del", "para", "más"});
  return std::ranges::find(words, word) != words.end();
}

/// The word behind a number, when a blank is all that is in between.
std::string_view word_behind(const text_place& place, size_t at) {
  auto scan = place.moved_to(at).scan();
  if (!scan.blanks())
    return {};
  auto begin = scan.at();
  auto end = begin;
  while (is_word_at(place.text, end))
    end = std::min(place.text.size(), end + 1);
  while (end < place.text.size()
         && (static_cast<uint8_t>(place.text[end]) & 0xc0) == 0x80)
    ++end;
  return place.text.substr(begin, end - begin);
}

/// How a bare number agrees with the noun behind it.
number_gender gender_behind(const text_place& place, size_t at) {
  auto noun = word_behind(place, at);
  if (noun.empty() || place.in("en"))
    return number_gender::none;
  if (place.in("de")) {
    if (!is_ascii_upper(noun[0]) && static_cast<uint8_t>(noun[0]) < 0x80)
      return number_gender::none;
    bool feminine = noun.ends_with('e') || noun.ends_with("ung")
                    || noun.ends_with("eit") || noun.ends_with("ion");
    return feminine ? number_gender::feminine : number_gender::masculine;
  }
  if (counts_nothing(noun))
    return number_gender::none;
  bool masculine = noun.ends_with("día") || noun.ends_with("días")
                   || noun.ends_with("ema") || noun.ends_with("emas");
  bool feminine = !masculine && (noun.ends_with("a") || noun.ends_with("as"));
  return feminine ? number_gender::feminine : number_gender::masculine;
}

/// A year as the digits of a bare number.
bool is_year(const text_place& place, const written_number& x) {
  if (x.whole.size() != 4 || x.grouped || !x.fraction.empty())
    return false;
  auto value = value_of(x.whole);
  if (place.in("de") || (value >= 1900 && value < 2100))
    return value >= 1100 && value < 2100;
  constexpr auto before = std::to_array<std::string_view>(
    {"in", "since", "year", "until", "from", "around", "circa"});
  auto at = place.at;
  auto word = place.word_before(at);
  return value > 1000 && value < 2100
         && std::ranges::find(before, word) != before.end();
}

/// "1990s", behind the number.
spoken_result
read_decade(const text_place& place, text_scan scan, const written_number& x) {
  if (!place.in("en") || x.whole.size() != 4 || x.whole.back() != '0'
      || !x.fraction.empty() || !(scan.take_word("s") || scan.take_word("'s")))
    return std::nullopt;
  auto said = place.numbers.year(value_of(x.whole));
  if (said.ends_with('y'))
    return spoken_reading{scan.at(), said.substr(0, said.size() - 1) + "ies"};
  return spoken_reading{scan.at(), said + "s"};
}

spoken_result
read_ordinal(const text_place& place, text_scan scan, const written_number& x) {
  if (!x.fraction.empty() || x.whole.size() > longest_number)
    return std::nullopt;
  auto value = value_of(x.whole);
  auto said = [&](ordinal_form form) {
    return spoken_reading{scan.at(), place.numbers.ordinal(value, form)};
  };
  if (place.in("en")
      && (scan.take_word("st") || scan.take_word("nd") || scan.take_word("rd")
          || scan.take_word("th")))
    return said(ordinal_form::plain);
  if (place.in("es")) {
    scan.take(".");
    if (scan.take("º") || scan.take("°"))
      return scan.word_ends() ? spoken_result{said(ordinal_form::plain)}
                              : std::nullopt;
    if (scan.take("ª"))
      return said(ordinal_form::feminine);
    if (scan.take_word("er"))
      return said(ordinal_form::shortened);
  }
  if (place.in("de") && x.whole.size() <= 2 && scan.take(".")
      && scan.peek() == ' ' && is_ascii_upper(scan.peek(1))) {
    auto at = place.at;
    auto word = place.word_before(at);
    if (word == "der" || word == "die" || word == "das")
      return said(ordinal_form::plain);
    for (auto* x : {"am", "im", "zum", "vom", "den", "dem", "zur"})
      if (word == x)
        return said(ordinal_form::dative);
  }
  return std::nullopt;
}

/// A sign, code or magnitude behind a number, with or without a blank.
template <class List>
auto find_behind(text_scan& scan, const List& list) ->
  typename List::const_pointer {
  auto before = scan.at();
  scan.blanks();
  for (auto& x : list)
    if (scan.take_word(x.written))
      return &x;
  scan.back_to(before);
  return nullptr;
}

const currency_words*
currency_behind(text_scan& scan, const spoken_words& words) {
  auto before = scan.at();
  scan.blanks();
  for (auto& x : words.currencies)
    if (scan.take_word(x.code) || scan.take(x.sign))
      return &x;
  scan.back_to(before);
  return nullptr;
}

std::string
say_money(const text_place& place, const written_number& x,
          const currency_words& currency, const magnitude_words* magnitude) {
  if (magnitude) {
    auto singular = is_one(x);
    auto number = say_number(x, place,
                             place.in("de")   ? number_gender::feminine
                             : place.in("es") ? number_gender::masculine
                                              : number_gender::none);
    if (place.in("es") && magnitude->written == "mil" && singular)
      number.clear();
    else
      number += ' ';
    return number + std::string{singular ? magnitude->one : magnitude->many}
           + " " + std::string{currency.many};
  }
  auto cents = x.fraction;
  bool split = cents.size() == 2 && !currency.cent.empty();
  if (!split && !cents.empty())
    return say_number(x, place) + " " + std::string{currency.many};
  auto count = split ? value_of(cents) : 0;
  auto small = [&] {
    return place.numbers.cardinal(count, number_gender::masculine) + " "
           + std::string{count == 1 ? currency.cent : currency.cents};
  };
  if (x.whole == "0" && count > 0)
    return small();
  auto whole = x;
  whole.fraction.clear();
  auto result = say_number(whole, place, currency.gender) + " "
                + std::string{is_one(whole) ? currency.one : currency.many};
  if (count == 0)
    return result;
  if (place.in("de"))
    return result + " " + place.numbers.cardinal(count);
  return result + " " + std::string{place.words.with} + " " + small();
}

std::string_view per(const text_place& place) {
  return place.in("en") ? "per" : place.in("es") ? "por" : "pro";
}

/// "/month" behind an amount.
void add_rate(const text_place& place, spoken_reading& x) {
  auto scan = place.moved_to(x.end).scan();
  if (scan.take("/") && is_word_at(place.text, scan.at())
      && !is_ascii_digit(scan.peek())) {
    x.end = scan.at();
    x.text += " " + std::string{per(place)};
  }
}

/// An amount with its sign in front, at `scan`.
struct signed_amount {
  const currency_words* currency = nullptr;
  written_number number;
  const magnitude_words* magnitude = nullptr;
};

std::optional<signed_amount>
sign_first(text_scan& scan, const text_place& place) {
  signed_amount result;
  for (auto& x : place.words.currencies)
    if (!result.currency && (scan.take(x.sign) || scan.take(x.code)))
      result.currency = &x;
  if (!result.currency)
    return std::nullopt;
  scan.blanks();
  auto number = read_number(scan, place);
  if (!number)
    return std::nullopt;
  result.number = *number;
  result.magnitude = find_behind(scan, place.words.magnitudes);
  if (!scan.word_ends())
    return std::nullopt;
  return result;
}

std::string say(const text_place& place, const signed_amount& x) {
  return say_money(place, x.number, *x.currency, x.magnitude);
}

/// "100k", "2x".
spoken_result read_multiple(const text_place& place, text_scan scan,
                            const written_number& x) {
  auto& words = place.words;
  if (scan.take_word("x"))
    return spoken_reading{scan.at(), say_number(x, place) + " "
                                       + std::string{words.times}};
  if (!scan.take_word("k") && !scan.take_word("K"))
    return std::nullopt;
  auto* thousand = place.in("en")   ? " thousand"
                   : place.in("es") ? " mil"
                                    : " tausend";
  return spoken_reading{scan.at(), say_number(x, place) + thousand};
}

/// What a number has behind it; its own reading when that is nothing.
spoken_result
read_counted(const text_place& place, text_scan scan, const written_number& x) {
  auto& words = place.words;
  if (auto ordinal = read_ordinal(place, scan, x))
    return ordinal;
  if (auto decade = read_decade(place, scan, x))
    return decade;
  auto bare = scan;
  scan.blanks();
  if (scan.take("%"))
    return spoken_reading{scan.at(), say_number(x, place) + " "
                                       + std::string{words.percent}};
  scan = bare;
  auto* magnitude = find_behind(scan, words.magnitudes);
  if (auto* currency = currency_behind(scan, words))
    return spoken_reading{scan.at(), say_money(place, x, *currency, magnitude)};
  scan = bare;
  if (auto* unit = find_behind(scan, words.units)) {
    // "5 Min." may end the sentence, too.
    bool stop = unit->written.ends_with('.') && scan.at() == place.text.size();
    return spoken_reading{
      scan.at(), say_number(x, place,
                            is_one(x) || place.in("es") ? unit->gender
                                                        : number_gender::none)
                   + " " + std::string{is_one(x) ? unit->one : unit->many}
                   + (stop ? "." : "")};
  }
  scan = bare;
  if (auto said = read_multiple(place, scan, x))
    return said;
  if (!bare.word_ends())
    return std::nullopt;
  if (is_year(place, x) && !is_identifier(place))
    return spoken_reading{bare.at(), place.numbers.year(value_of(x.whole))};
  bool long_code = x.whole.size() >= 7 && !x.whole.ends_with("000")
                   && !x.grouped && x.fraction.empty();
  if (long_code || (x.whole.size() >= 3 && is_identifier(place)))
    return spoken_reading{bare.at(), place.numbers.each(x.whole)};
  return spoken_reading{bare.at(),
                        say_number(x, place, gender_behind(place, bare.at()))};
}

} // namespace

std::optional<written_number>
read_number(text_scan& in, const text_place& place) {
  auto whole = in.digits();
  if (whole.empty())
    return std::nullopt;
  written_number result;
  result.whole = whole;
  auto group_at = [&] {
    auto ahead = in;
    return ahead.take({&place.group, 1})
           && !ahead.digits(group_size, group_size).empty();
  };
  if (whole.size() <= group_size && whole[0] != '0')
    while (group_at()) {
      in.take({&place.group, 1});
      result.whole += in.digits();
      result.grouped = true;
    }
  for (char mark : {place.decimal, '.'}) {
    auto ahead = in;
    if (result.mark || !ahead.take({&mark, 1}))
      continue;
    auto fraction = ahead.digits();
    if (fraction.empty())
      continue;
    result.fraction = fraction;
    result.mark = mark;
    in = ahead;
  }
  // 1.2.3 is no number, "1, 2" are two.
  if ((in.peek() == '.' || in.peek() == ',') && is_ascii_digit(in.peek(1)))
    return std::nullopt;
  return result;
}

std::string say_number(const written_number& x, const text_place& place,
                       number_gender gender) {
  auto& numbers = place.numbers;
  if (x.fraction.empty())
    return numbers.of_digits(x.whole, gender);
  bool as_number
    = place.in("es") && x.fraction.size() <= 2 && x.fraction[0] != '0';
  auto mark = x.mark == '.' && place.words.decimal == ','   ? place.words.dot
              : x.mark == ',' && place.words.decimal == ',' ? place.words.point
                                                            : place.words.point;
  return numbers.of_digits(x.whole) + " " + std::string{mark} + " "
         + (as_number ? numbers.cardinal(value_of(x.fraction))
                      : numbers.each(x.fraction));
}

spoken_result read_money(const text_place& place) {
  auto scan = place.scan();
  std::string minus;
  if ((scan.take("-") || scan.take("\u2212")))
    minus = std::string{place.words.minus} + " ";
  auto first = sign_first(scan, place);
  if (!first)
    return std::nullopt;
  spoken_reading result{scan.at(), minus + say(place, *first)};
  if (auto ahead = scan; ahead.range_dash()) {
    auto begin = ahead.at();
    auto second = sign_first(ahead, place);
    if (!second) {
      ahead.back_to(begin);
      second = *first;
      auto number = read_number(ahead, place);
      if (!number)
        return result;
      second->number = *number;
      second->magnitude = find_behind(ahead, place.words.magnitudes);
      if (!ahead.word_ends())
        return result;
    }
    // "$5-10" is said with one "dollars".
    auto from = second->currency == first->currency && !first->magnitude
                    && first->number.fraction.empty()
                  ? say_number(first->number, place)
                  : say(place, *first);
    result = {ahead.at(), minus + from + " " + std::string{place.words.range}
                            + " " + say(place, *second)};
  }
  add_rate(place, result);
  return result;
}

spoken_result read_quantity(const text_place& place) {
  auto scan = place.scan();
  std::string sign;
  if (scan.take("-") || scan.take("\u2212"))
    sign = std::string{place.words.minus} + " ";
  else if (scan.take("+"))
    sign = std::string{place.words.plus} + " ";
  auto number = read_number(scan, place);
  if (!number)
    return std::nullopt;
  if (auto ahead = scan; ahead.range_dash() && is_ascii_digit(ahead.peek())) {
    auto begin = place.moved_to(ahead.at());
    auto second = read_number(ahead, place);
    auto said = second ? read_counted(begin, ahead, *second) : std::nullopt;
    if (said) {
      auto first = is_year(place, *number) && second->whole.size() == 4
                     ? place.numbers.year(value_of(number->whole))
                     : say_number(*number, place);
      said->text = sign + first + " " + std::string{place.words.range} + " "
                   + said->text;
      add_rate(place, *said);
      return said;
    }
  }
  auto result = read_counted(place, scan, *number);
  if (!result)
    return std::nullopt;
  result->text = sign + result->text;
  add_rate(place, *result);
  return result;
}

} // namespace velox

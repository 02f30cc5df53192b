#include "protocol/spoken_rules.hpp"

#include <algorithm>

/// Digits and letters that are names: telephone numbers, extensions, versions,
/// order numbers.

namespace velox {

namespace {

using groups = std::vector<std::string_view>;

constexpr size_t least_phone = 7, most_phone = 15; // ITU-T E.164
constexpr size_t most_groups = 8;

/// Digits in groups, with a pause between two.
std::string say_groups(const text_place& place, const groups& all) {
  std::string result;
  for (auto x : all) {
    if (!result.empty())
      result += ", ";
    result += place.numbers.each(x);
  }
  return result;
}

/// The groups in which people say `digits`: 3-3-4 of ten, else threes, and two
/// or four at the end.
void add_groups(groups& to, std::string_view digits) {
  if (digits.size() == 10) {
    for (auto [at, size] : {std::pair{0, 3}, {3, 3}, {6, 4}})
      to.push_back(
        digits.substr(static_cast<size_t>(at), static_cast<size_t>(size)));
    return;
  }
  while (digits.size() > 4) {
    to.push_back(digits.substr(0, 3));
    digits.remove_prefix(3);
  }
  if (!digits.empty())
    to.push_back(digits);
}

/// Country codes (ITU-T E.164): 1 and 7 are the ones of one digit.
size_t country_length(std::string_view digits) {
  return digits[0] == '1' || digits[0] == '7' ? 1 : 2;
}

size_t total(const groups& all) {
  size_t result = 0;
  for (auto x : all)
    result += x.size();
  return result;
}

bool has_shape(const groups& all, std::initializer_list<size_t> shape) {
  return std::ranges::equal(all, shape, {},
                            [](std::string_view x) { return x.size(); });
}

/// Whether digits in these groups are a telephone or card number, and no range
/// or date.
bool is_phone(const groups& all, char mark, bool plus, bool area) {
  auto count = total(all);
  if (has_shape(all, {4, 4, 4, 4}))
    return true;
  if (count < least_phone || count > most_phone)
    return false;
  if (plus || area)
    return true;
  if (all.size() < 2)
    return false;
  if (has_shape(all, {3, 3, 4}) || has_shape(all, {1, 3, 3, 4}))
    return true;
  if (mark == '.' || mark == '/')
    return all[0][0] == '0' && mark == '/';
  return has_shape(all, {3, 4}) || has_shape(all, {3, 2, 4})
         || has_shape(all, {3, 3, 3}) || has_shape(all, {3, 2, 2, 2})
         || has_shape(all, {2, 2, 2, 2, 2})
         || (all[0][0] == '0' && all[0].size() > 1 && all[0].size() <= 6);
}

struct phone {
  groups digits;
  std::vector<size_t> ends; ///< behind each group
  char mark = '\0';
  bool plus = false, area = false;
};

phone take_phone(text_scan& scan) {
  phone x;
  x.plus = scan.take("+");
  while (x.digits.size() < most_groups) {
    bool open = scan.take("(");
    auto digits = scan.digits();
    if (digits.empty() || (open && !scan.take(")")))
      break;
    x.area = x.area || (open && x.digits.empty());
    // (0) behind a country code is not dialled.
    if (!(open && x.plus && digits == "0")) {
      x.digits.push_back(digits);
      x.ends.push_back(scan.at());
    }
    auto before = scan.at();
    if (!open && !x.mark)
      x.mark = scan.peek();
    if (!scan.blanks() && !scan.take("-") && !scan.take(".") && !scan.take("/")
        && !open)
      break;
    if (!is_ascii_digit(scan.peek()) && scan.peek() != '(') {
      scan.back_to(before);
      break;
    }
  }
  return x;
}

/// The runs of letters and of digits of a code.
std::vector<std::string_view> runs_of(std::string_view code) {
  std::vector<std::string_view> result;
  size_t begin = 0;
  for (size_t i = 1; i <= code.size(); ++i) {
    auto kind = [&](size_t at) {
      char c = code[at];
      return is_ascii_digit(c) ? 2 : is_ascii_upper(c) || is_ascii_lower(c);
    };
    if (i < code.size() && kind(i) == kind(begin))
      continue;
    if (kind(begin) != 0)
      result.push_back(code.substr(begin, i - begin));
    begin = i;
  }
  return result;
}

std::string spelled(std::string_view letters) {
  std::string result;
  for (char c : letters) {
    if (!result.empty())
      result += ' ';
    result += is_ascii_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return result;
}

/// Up to so many letters are spelled; more are a word: "COVID-19".
constexpr size_t most_spelled = 3;

} // namespace

spoken_result read_phone(const text_place& place) {
  auto scan = place.scan();
  auto x = take_phone(scan);
  // What looks like a group may be a number of its own: fewer are tried.
  while (!x.digits.empty()) {
    auto end = x.ends.back();
    if (is_phone(x.digits, x.mark, x.plus, x.area)
        && !is_word_at(place.text, end)
        && !(place.text.substr(end).starts_with(":"))) {
      groups said;
      auto all = x.digits;
      if (all.size() == 1 && x.plus) {
        auto country = country_length(all[0]);
        said.push_back(all[0].substr(0, country));
        add_groups(said, all[0].substr(country));
      } else {
        for (auto group : all)
          if (group.size() > 4)
            add_groups(said, group);
          else
            said.push_back(group);
      }
      auto plus = x.plus ? std::string{place.words.plus} + " " : "";
      return spoken_reading{end, plus + say_groups(place, said)};
    }
    x.digits.pop_back();
    x.ends.pop_back();
  }
  // Many digits without a mark.
  scan = place.scan();
  auto digits = scan.digits(10, 11);
  if (digits.empty() || !scan.word_ends() || scan.peek() == '.'
      || scan.peek() == ',')
    if (is_ascii_digit(scan.peek(1)) || digits.empty() || !scan.word_ends())
      return std::nullopt;
  groups said;
  if (digits.size() == 11) {
    said.push_back(digits.substr(0, 1));
    digits.remove_prefix(1);
  }
  add_groups(said, digits);
  return spoken_reading{scan.at(), say_groups(place, said)};
}

spoken_result read_extension(const text_place& place) {
  auto scan = place.scan();
  bool named = scan.take("ext.") || scan.take("Ext.") || scan.take_word("ext")
               || scan.take_word("Ext") || scan.take_word("extension")
               || (place.in("es") && scan.take_word("extensión"))
               || (place.in("de") && scan.take_word("Durchwahl"));
  if (named)
    scan.blanks();
  else if (!scan.take("x") || place.at == 0 || place.text[place.at - 1] != ' '
           || place.at < 2
           || !(is_ascii_lower(place.text[place.at - 2])
                || is_ascii_digit(place.text[place.at - 2])))
    return std::nullopt;
  auto digits = scan.digits(named ? 1 : 2, 6);
  if (digits.empty() || !scan.word_ends())
    return std::nullopt;
  return spoken_reading{scan.at(), std::string{place.words.extension} + " "
                                     + place.numbers.each(digits)};
}

spoken_result read_version(const text_place& place) {
  auto scan = place.scan();
  bool named = scan.take("v");
  groups parts;
  for (;;) {
    auto digits = scan.digits(1, 6);
    if (digits.empty())
      return std::nullopt;
    parts.push_back(digits);
    if (scan.peek() != '.' || !is_ascii_digit(scan.peek(1)))
      break;
    scan.take(".");
  }
  if (!scan.word_ends() || (parts.size() < 3 && !named))
    return std::nullopt;
  auto mark = " " + std::string{place.words.dot} + " ";
  auto point = " " + std::string{place.words.point} + " ";
  // Four parts are an address (RFC 791).
  bool address = parts.size() == 4 && !named;
  std::string said = named ? std::string{place.words.version} + " " : "";
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0)
      said += address || !place.in("en") ? mark : point;
    said += address ? place.numbers.each(parts[i])
                    : place.numbers.of_digits(parts[i]);
  }
  return spoken_reading{scan.at(), std::move(said)};
}

spoken_result read_code(const text_place& place) {
  auto& text = place.text;
  auto end = place.at;
  bool letter = false, digit = false;
  for (; end < text.size(); ++end) {
    char c = text[end];
    bool joins
      = c == '-' && end > place.at && end + 1 < text.size()
        && (is_ascii_digit(text[end + 1]) || is_ascii_upper(text[end + 1]));
    bool is_letter = is_ascii_upper(c) || is_ascii_lower(c);
    if (!joins && !is_letter && !is_ascii_digit(c))
      break;
    letter = letter || is_letter;
    digit = digit || is_ascii_digit(c);
  }
  if (!letter || !digit || is_word_at(text, end))
    return std::nullopt;
  std::string said;
  bool word = false; // what comes before is one
  for (auto run : runs_of(text.substr(place.at, end - place.at))) {
    if (!said.empty())
      said += ' ';
    if (!is_ascii_digit(run[0]))
      said += run.size() <= most_spelled ? spelled(run) : std::string{run};
    else if (word && run.size() <= 2)
      said += place.numbers.of_digits(run);
    else
      said += place.numbers.each(run);
    word = !is_ascii_digit(run[0]) && run.size() > most_spelled;
  }
  return spoken_reading{end, std::move(said)};
}

} // namespace velox

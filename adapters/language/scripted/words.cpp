#include "adapters/language/scripted/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace velox::language {

namespace {

constexpr std::array<std::string_view, 20> units{
  "zero",    "one",     "two",       "three",    "four",
  "five",    "six",     "seven",     "eight",    "nine",
  "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
  "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};

constexpr std::array<std::string_view, 10> tens{
  "",      "",      "twenty",  "thirty", "forty",
  "fifty", "sixty", "seventy", "eighty", "ninety"};

constexpr std::array<std::string_view, 21> ordinals{
  "",          "first",     "second",      "third",      "fourth",
  "fifth",     "sixth",     "seventh",     "eighth",     "ninth",
  "tenth",     "eleventh",  "twelfth",     "thirteenth", "fourteenth",
  "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
  "twentieth"};

constexpr std::array<std::string_view, 6> hesitations{"um",  "uh",  "er",
                                                      "erm", "hmm", "ehm"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6>
  contractions{{{"'s", "is"},
                {"'d", "would"},
                {"'ll", "will"},
                {"'re", "are"},
                {"'ve", "have"},
                {"'m", "am"}}};

template <size_t N>
int index_of(const std::array<std::string_view, N>& list,
             std::string_view word) {
  if (word.empty())
    return -1;
  auto found = std::find(list.begin(), list.end(), word);
  return found == list.end() ? -1 : static_cast<int>(found - list.begin());
}

void append(word_list& out, std::string_view phrase) {
  while (!phrase.empty()) {
    auto blank = std::min(phrase.find(' '), phrase.size());
    if (blank > 0)
      out.emplace_back(phrase.substr(0, blank));
    phrase.remove_prefix(std::min(blank + 1, phrase.size()));
  }
}

void append_word(word_list& out, std::string word) {
  if (word == "o'clock" || word == "oclock")
    return append(out, "oclock");
  if (word == "won't")
    return append(out, "will not");
  if (word == "can't" || word == "cannot")
    return append(out, "can not");
  if (word.ends_with("n't")) {
    append(out, word.substr(0, word.size() - 3));
    return append(out, "not");
  }
  for (auto& [suffix, full] : contractions)
    if (word.size() > suffix.size() && word.ends_with(suffix)) {
      append(out, word.substr(0, word.size() - suffix.size()));
      return append(out, full);
    }
  // "p m" as recognisers spell it.
  if (word == "m" && !out.empty() && (out.back() == "p" || out.back() == "a")) {
    out.back() += 'm';
    return;
  }
  if (word == "huh" && !out.empty() && out.back() == "uh") {
    out.back() = "yes";
    return;
  }
  while (!word.empty() && word.front() == '\'')
    word.erase(0, 1);
  while (!word.empty() && word.back() == '\'')
    word.pop_back();
  append(out, word);
}

/// A run of digits, `before` being the character in front of it.
void append_digits(word_list& out, std::string_view digits, char before,
                   bool is_ordinal) {
  auto value = digits.size() <= 4 ? std::stoi(std::string{digits}) : -1;
  if (is_ordinal && value >= 1 && value <= 31)
    return append(out, ordinal_words(value));
  if (digits == "00" && before == ':')
    return append(out, "oclock");
  if (digits.size() == 2 && digits[0] == '0' && before == ':')
    return append(out, "oh " + number_words(value));
  if (digits.size() <= 2 && (digits.size() == 1 || digits[0] != '0'))
    return append(out, number_words(value));
  if (digits.size() == 4 && value >= 1900 && value < 2100 && value % 100 > 9) {
    append(out, number_words(value / 100));
    return append(out, number_words(value % 100));
  }
  append(out, digit_words(digits));
}

/// The word without the ending that tells its form.
std::string_view stem(std::string_view word) {
  for (std::string_view ending : {"ings", "ing", "ies", "es", "ed", "s", "y"})
    if (word.size() >= ending.size() + 3 && word.ends_with(ending))
      return word.substr(0, word.size() - ending.size());
  return word;
}

/// Whether one letter more, less, other or swapped makes `b` of `a`.
bool one_slip(std::string_view a, std::string_view b) {
  if (a.size() < b.size())
    std::swap(a, b);
  size_t i = 0;
  while (i < b.size() && a[i] == b[i])
    ++i;
  if (a.size() > b.size())
    return a.size() == b.size() + 1 && a.substr(i + 1) == b.substr(i);
  if (i == a.size() || a.substr(i + 1) == b.substr(i + 1))
    return true;
  return i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i]
         && a.substr(i + 2) == b.substr(i + 2);
}

} // namespace

word_list to_words(std::string_view text) {
  word_list out;
  auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  auto is_letter = [](unsigned char c) {
    return std::isalpha(c) != 0 || c == '\'' || c >= 0x80;
  };
  std::string clean;
  for (size_t i = 0; i < text.size(); ++i) {
    // The typographic apostrophe, U+2019.
    if (text.substr(i, 3) == "\xe2\x80\x99") {
      clean += '\'';
      i += 2;
    } else {
      clean
        += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    }
  }
  for (size_t i = 0; i < clean.size();) {
    auto end = i;
    if (is_digit(clean[i])) {
      while (end < clean.size() && is_digit(clean[end]))
        ++end;
      auto suffix = std::string_view{clean}.substr(end, 2);
      auto is_ordinal
        = suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th";
      append_digits(out, std::string_view{clean}.substr(i, end - i),
                    i > 0 ? clean[i - 1] : ' ', is_ordinal);
      i = is_ordinal ? end + 2 : end;
    } else if (is_letter(clean[i])) {
      while (end < clean.size() && is_letter(clean[end]))
        ++end;
      append_word(out, clean.substr(i, end - i));
      i = end;
    } else {
      ++i;
    }
  }
  std::erase_if(out, [](auto& w) { return index_of(hesitations, w) >= 0; });
  return out;
}

std::string join(word_span words) {
  std::string out;
  for (auto& word : words) {
    if (!out.empty())
      out += ' ';
    out += word;
  }
  return out;
}

bool contains(word_span words, word_span part) {
  return !part.empty()
         && std::search(words.begin(), words.end(), part.begin(), part.end())
              != words.end();
}

double similarity(std::string_view a, std::string_view b) {
  if (a == b)
    return 1;
  if (stem(a) == stem(b))
    return 0.9;
  if (std::min(a.size(), b.size()) >= 4 && std::max(a.size(), b.size()) >= 5
      && one_slip(a, b))
    return 0.7;
  return 0;
}

std::optional<number_found> small_number(word_span words, size_t at) {
  if (at >= words.size())
    return std::nullopt;
  auto& word = words[at];
  if (word == "oh" || word == "o")
    return number_found{0, 1};
  if (auto unit = index_of(units, word); unit >= 0)
    return number_found{unit, 1};
  auto ten = index_of(tens, word);
  if (ten < 2)
    return std::nullopt;
  auto unit = at + 1 < words.size() ? index_of(units, words[at + 1]) : -1;
  if (unit >= 1 && unit <= 9)
    return number_found{ten * 10 + unit, 2};
  return number_found{ten * 10, 1};
}

std::optional<number_found> ordinal(word_span words, size_t at) {
  if (at >= words.size())
    return std::nullopt;
  if (auto n = index_of(ordinals, words[at]); n >= 1)
    return number_found{n, 1};
  if (words[at] == "thirtieth")
    return number_found{30, 1};
  auto ten = index_of(tens, words[at]);
  if ((ten == 2 || ten == 3) && at + 1 < words.size())
    if (auto unit = index_of(ordinals, words[at + 1]);
        unit >= 1 && unit <= (ten == 2 ? 9 : 1))
      return number_found{ten * 10 + unit, 2};
  return std::nullopt;
}

std::optional<number_found> cardinal(word_span words, size_t at) {
  int64_t total = 0;
  int64_t group = 0;
  auto begin = at;
  auto word_is
    = [&](std::string_view w) { return at < words.size() && words[at] == w; };
  while (at < words.size()) {
    if (word_is("and") && at > begin && small_number(words, at + 1)) {
      ++at;
    } else if (word_is("hundred") && group > 0 && group < 10) {
      group *= 100;
      ++at;
    } else if (word_is("thousand") && group > 0 && total == 0) {
      total = group * 1000;
      group = 0;
      ++at;
    } else if (auto n = small_number(words, at); n && group % 100 == 0) {
      group += n->value;
      at += n->length;
    } else {
      break;
    }
  }
  if (at == begin)
    return std::nullopt;
  return number_found{total + group, at - begin};
}

std::string number_words(int64_t value) {
  if (value < 0 || value > 99)
    return digit_words(std::to_string(value));
  auto n = static_cast<size_t>(value);
  if (n < units.size())
    return std::string{units[n]};
  std::string out{tens[n / 10]};
  if (n % 10 != 0)
    out += " " + std::string{units[n % 10]};
  return out;
}

std::string ordinal_words(int64_t value) {
  auto n = static_cast<size_t>(value);
  if (value >= 1 && n < ordinals.size())
    return std::string{ordinals[n]};
  if (value == 30)
    return "thirtieth";
  if (value > 20 && value < 40)
    return std::string{tens[n / 10]} + " " + std::string{ordinals[n % 10]};
  return number_words(value);
}

std::string digit_words(std::string_view digits) {
  std::string out;
  for (unsigned char c : digits) {
    if (std::isdigit(c) == 0)
      continue;
    if (!out.empty())
      out += ' ';
    out += units[static_cast<size_t>(c - '0')];
  }
  return out;
}

} // namespace velox::language

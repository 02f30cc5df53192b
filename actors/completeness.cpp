#include "actors/completeness.hpp"

#include "actors/lexicon.hpp"
#include "actors/phrases.hpp"

#include <algorithm>

namespace velox::actors {

namespace {

using words = std::vector<std::string>;

bool among(lexicon::list list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// How many words of `x`, from `at` on, are `phrase`; 0: they are not.
size_t phrase_at(const words& x, size_t at, std::string_view phrase) {
  size_t count = 0;
  while (!phrase.empty()) {
    auto word = phrase.substr(0, phrase.find(' '));
    if (at + count >= x.size() || x[at + count] != word)
      return 0;
    ++count;
    phrase.remove_prefix(std::min(phrase.size(), word.size() + 1));
  }
  return count;
}

bool has(const words& x, lexicon::list phrases) {
  for (size_t at = 0; at < x.size(); ++at)
    for (auto phrase : phrases)
      if (phrase_at(x, at, phrase) > 0)
        return true;
  return false;
}

/// How many words the longest of `phrases` at the end of `x` has; 0: none is.
size_t ending(const words& x, lexicon::list phrases) {
  size_t longest = 0;
  for (auto phrase : phrases) {
    auto blanks = std::count(phrase.begin(), phrase.end(), ' ');
    auto size = static_cast<size_t>(blanks) + 1;
    if (size <= x.size() && phrase_at(x, x.size() - size, phrase) > 0)
      longest = std::max(longest, size);
  }
  return longest;
}

bool ends_with(const words& x, lexicon::list phrases) {
  return ending(x, phrases) > 0;
}

/// Whether `x` is made of the phrases of both lists, at least one of `a`.
bool made_of(const words& x, lexicon::list a, lexicon::list b) {
  auto found = false;
  for (size_t at = 0; at < x.size();) {
    size_t size = 0;
    for (auto phrase : a)
      size = std::max(size, phrase_at(x, at, phrase));
    found = found || size > 0;
    for (auto phrase : b)
      size = std::max(size, phrase_at(x, at, phrase));
    if (size == 0)
      return false;
    at += size;
  }
  return found;
}

bool is_numeral(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

/// "5th", "10am": a number and what belongs to it.
bool begins_with_numeral(std::string_view word) {
  return !word.empty() && word[0] >= '0' && word[0] <= '9';
}

/// A letter said alone: one ASCII letter, or one of two bytes in UTF-8.
bool is_letter(const std::string& word) {
  if (word.size() == 1)
    return word[0] >= 'a' && word[0] <= 'z';
  return word.size() == 2 && static_cast<unsigned char>(word[0]) >= 0xc3;
}

bool is_number(const lexicon& known, const std::string& word) {
  return begins_with_numeral(word) || among(known.digits, word)
         || among(known.numbers, word);
}

/// How many digits the words end with, said one by one or written in groups.
size_t digits_at_end(const lexicon& known, const words& x) {
  size_t result = 0;
  for (auto i = x.rbegin(); i != x.rend(); ++i) {
    if (is_numeral(*i))
      result += i->size();
    else if (among(known.digits, *i))
      ++result;
    else
      break;
  }
  return result;
}

size_t letters_at_end(const words& x) {
  auto i = std::find_if(x.rbegin(), x.rend(),
                        [](auto& word) { return !is_letter(word); });
  return static_cast<size_t>(i - x.rbegin());
}

std::string_view trimmed(std::string_view x) {
  auto end = x.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view{}
                                       : x.substr(0, end + 1);
}

/// What the punctuation alone says. Full stops say little: many recognisers
/// put one behind whatever they have.
completion by_punctuation(std::string_view text) {
  auto x = trimmed(text);
  for (std::string_view open : {",", "...", "\u2026", "-", "\u2013", ":", ";"})
    if (x.ends_with(open))
      return completion::unsure;
  return completion::usual;
}

/// A telephone number as people dial it: ten digits in North America, eleven
/// with its 1. Seven may be a local one.
completion of_free_digits(size_t count) {
  if (count == 10)
    return completion::sure;
  if (count < 2 || count == 7 || count > 10)
    return completion::usual;
  return completion::unsure;
}

} // namespace

completeness::completeness(std::string_view language)
  : known_(lexicon_of(language)) {}

completion
completeness::judge(std::string_view text, const question& asked) const {
  auto x = plain_words(text);
  auto plain = by_punctuation(text);
  if (known_ == nullptr || x.empty())
    return plain;
  if (says_goodbye(x))
    return completion::sure;
  if (asked.answer == wanted::yes_or_no
      && made_of(x, known_->yes_no, known_->polite))
    return completion::sure;
  auto digits = digits_at_end(*known_, x);
  if (asked.digits > 0 && digits >= asked.digits)
    return completion::sure;
  if (breaks_off(x, asked))
    return completion::unsure;
  if (letters_at_end(x) >= 2
      || (asked.answer == wanted::name && letters_at_end(x) == 1))
    return completion::unsure; // spelled: nobody knows how long it is
  if (digits > 0)
    return of_digits(x, digits, asked);
  if (asked.answer == wanted::quantity && is_number(*known_, x.back()))
    return completion::sure;
  if (auto day = of_day(x); day != completion::usual)
    return day == completion::sure && asked.answer != wanted::date
             ? completion::usual
             : day;
  // "42 Baker": the street is still to come.
  if (asked.answer == wanted::address && x.size() <= 3
      && is_number(*known_, x.front()) && !ends_with(x, known_->streets))
    return completion::unsure;
  return plain;
}

/// "Goodbye", also with "thank you" behind it.
bool completeness::says_goodbye(const word_list& x) const {
  for (auto rest = x;;) {
    if (ends_with(rest, known_->goodbyes))
      return true;
    auto polite = ending(rest, known_->polite);
    if (polite == 0)
      return false;
    rest.resize(rest.size() - polite);
  }
}

/// "Let me see", also with "please" behind it.
bool completeness::hesitates(const word_list& x) const {
  if (ends_with(x, known_->hesitations))
    return true;
  auto polite = ending(x, known_->polite);
  return polite > 0 && polite < x.size()
         && ends_with({x.begin(), x.end() - static_cast<ptrdiff_t>(polite)},
                      known_->hesitations);
}

/// Whether the last words cannot be the end of what they began.
bool completeness::breaks_off(const word_list& x, const question& asked) const {
  if (hesitates(x))
    return true;
  // Whether a name, a number or anything in particular is to come.
  auto open
    = asked.answer == wanted::anything || asked.answer == wanted::yes_or_no;
  if (!open && ends_with(x, known_->doubts))
    return true;
  if (open && made_of(x, known_->yes_no, known_->polite))
    return false; // "yes I can"
  auto& last = x.back();
  auto before = x.size() > 1 ? std::string_view{x[x.size() - 2]} : "";
  // "It is" is a sentence, "my name is" is none; neither is "it is" where a
  // name or a number was asked for.
  if (among(known_->is, last))
    return !among(known_->pronouns, before) || (!open && x.size() == 2);
  if (!among(known_->goes_on, last))
    return false;
  // "What is it for?" ends as it should. One letter may be spelled.
  auto question = x.size() > 2 && among(known_->asks_first, x.front());
  return !question || last == "the" || last == "a" || last == "and";
}

/// `x` ends with so many digits.
completion completeness::of_digits(const word_list& x, size_t digits,
                                   const question& asked) const {
  if (asked.digits > 0)
    return completion::unsure; // and they are too few, or we were done
  switch (asked.answer) {
    case wanted::quantity: return completion::sure;
    case wanted::digits:
      return digits == 1 ? completion::unsure : of_free_digits(digits);
    case wanted::date: return completion::usual;
    case wanted::address: return completion::unsure; // of which street?
    case wanted::anything:
    case wanted::yes_or_no:
    case wanted::name: break;
  }
  // "At 10 30", "table 12": a group or two, not read digit by digit.
  auto groups = static_cast<size_t>(
    std::find_if(
      x.rbegin(), x.rend(),
      [&](auto& y) { return !is_numeral(y) && !among(known_->digits, y); })
    - x.rbegin());
  if (groups == 1 || (groups == 2 && digits == 4))
    return digits == 10 ? completion::sure : completion::usual;
  return of_free_digits(digits);
}

/// Days, months and times: sure where one is complete, unsure where it is not.
completion completeness::of_day(const word_list& x) const {
  auto& last = x.back();
  if (among(known_->days, last))
    return completion::sure;
  auto number_before = std::any_of(
    x.begin(), x.end() - 1, [&](auto& y) { return is_number(*known_, y); });
  if (among(known_->months, last)) // "march": which day of it?
    return number_before ? completion::sure : completion::unsure;
  auto month_before = std::any_of(
    x.begin(), x.end() - 1, [&](auto& y) { return among(known_->months, y); });
  if (is_number(*known_, last) && month_before)
    return completion::sure;
  return completion::usual;
}

// -- the agent's question
// ------------------------------------------------------

question completeness::asked_by(std::string_view text, uint32_t digits) const {
  auto end = trimmed(text).find_last_of("?");
  auto asks = end != std::string_view::npos;
  // Of "Good. What is your name?" only the question counts.
  auto from = text.find_last_of(".!", text.size());
  if (asks && from != std::string_view::npos && from < end)
    text.remove_prefix(from + 1);
  if (digits > 0)
    return {wanted::digits, digits};
  if (known_ == nullptr)
    return {};
  auto x = plain_words(text);
  // "Is this your number?" wants no number.
  auto closed = asks && !x.empty() && among(known_->is, x.front());
  for (auto& [list, answer] :
       {std::pair{known_->asks_quantity, wanted::quantity},
        std::pair{known_->asks_digits, wanted::digits},
        std::pair{known_->asks_address, wanted::address},
        std::pair{known_->asks_name, wanted::name},
        std::pair{known_->asks_date, wanted::date}})
    if (!closed && has(x, list))
      return {answer, 0};
  if (asks && (closed || !has(x, known_->asks_openly)))
    return {wanted::yes_or_no, 0};
  return {};
}

} // namespace velox::actors

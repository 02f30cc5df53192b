#include "adapters/speech/pocketsphinx/language_model.hpp"

#include "adapters/speech/pocketsphinx/ngrams.hpp"
#include "adapters/speech/pocketsphinx/vocabulary.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace velox::speech {

namespace {

// An agent's own phrases outweigh what any caller may say: each by ten, all
// together by this much, so that an agent with many still hears a "yes".
constexpr double agent_weight = 10;
constexpr double all_agent_weight = 300;
constexpr double everyday_weight = 1.5;
constexpr double short_answer_weight = 5;
constexpr double number_weight = 1;
constexpr double name_weight = 0.1;

using word_list = std::vector<std::string>;

/// Adds phrases of known words; a phrase with an unknown word is split there.
class phrase_filter {
public:
  phrase_filter(ngram_counts& counts, const dictionary& known)
    : counts_(counts), known_(known) {}

  void add(std::string_view phrase, double weight) {
    auto words = words_of(phrase);
    word_list piece;
    bool whole = true;
    for (auto& word : words) {
      if (known_.knows(word)) {
        piece.push_back(word);
        continue;
      }
      missing.insert(word);
      whole = false;
      counts_.add_fragment(piece, weight);
      piece.clear();
    }
    if (whole)
      counts_.add_phrase(piece, weight);
    else
      counts_.add_fragment(piece, weight);
  }

  std::set<std::string> missing;

private:
  ngram_counts& counts_;
  const dictionary& known_;
};

void add_pairs(ngram_counts& counts, std::span<const std::string_view> first,
               std::span<const std::string_view> second, double weight) {
  for (auto a : first)
    for (auto b : second)
      counts.add_fragment({std::string{a}, std::string{b}}, weight);
}

void add_numbers(ngram_counts& counts) {
  for (auto list : {digit_words(), number_words(), ordinal_words()})
    for (auto word : list)
      counts.add_phrase({std::string{word}}, number_weight);
  // Telephone and order numbers.
  add_pairs(counts, digit_words(), digit_words(), number_weight);
  auto tens = number_words().subspan(10, 8);
  add_pairs(counts, tens, digit_words().subspan(2), number_weight);
  add_pairs(counts, tens, ordinal_words().first(9), number_weight);
}

void add_dates(ngram_counts& counts) {
  auto hours = {"one",   "two",   "three", "four", "five",   "six",
                "seven", "eight", "nine",  "ten",  "eleven", "twelve"};
  for (std::string hour : hours) {
    counts.add_phrase({"at", hour}, number_weight);
    counts.add_phrase({"at", hour, "o'clock"}, number_weight);
    counts.add_phrase({hour, "o'clock"}, number_weight);
    counts.add_phrase({"half", "past", hour}, number_weight);
    counts.add_phrase({"quarter", "past", hour}, number_weight);
    counts.add_phrase({"quarter", "to", hour}, number_weight);
    for (std::string minutes : {"fifteen", "thirty", "forty"})
      counts.add_phrase({"at", hour, minutes}, number_weight);
    for (std::string half : {"in", "a", "p"})
      counts.add_fragment({hour, half}, number_weight);
  }
  counts.add_fragment({"a", "m"}, number_weight);
  counts.add_fragment({"p", "m"}, number_weight);
  for (auto day : day_names()) {
    std::string name{day};
    counts.add_phrase({name}, number_weight);
    for (std::string before : {"on", "next", "this"})
      counts.add_phrase({before, name}, number_weight);
    for (std::string after : {"morning", "afternoon", "evening", "at", "the"})
      counts.add_fragment({name, after}, number_weight);
  }
  for (auto month : month_names())
    counts.add_phrase({"in", std::string{month}}, number_weight);
  add_pairs(counts, month_names(), ordinal_words(), number_weight / 10);
  for (auto ordinal : ordinal_words()) {
    counts.add_phrase({"the", std::string{ordinal}}, number_weight);
    counts.add_fragment({std::string{ordinal}, "of"}, number_weight);
  }
  for (auto month : month_names())
    counts.add_fragment({"of", std::string{month}}, number_weight);
}

void add_names(ngram_counts& counts) {
  for (auto name : first_names()) {
    counts.add_fragment({"name", "is", std::string{name}}, name_weight);
    counts.add_fragment({"this", "is", std::string{name}}, name_weight);
    counts.add_fragment({"i'm", std::string{name}}, name_weight);
  }
  for (auto name : last_names())
    counts.add_word(std::string{name}, name_weight);
}

} // namespace

std::vector<std::string> words_of(std::string_view phrase) {
  word_list result;
  std::string word;
  auto finish = [&] {
    // An apostrophe alone is a quotation mark.
    if (word.find_first_not_of('\'') != std::string::npos)
      result.push_back(word);
    word.clear();
  };
  for (char c : phrase) {
    if (c >= 'A' && c <= 'Z')
      word += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\''
             || static_cast<unsigned char>(c) >= 0x80)
      word += c; // digits and foreign letters: reported as missing by name
    else
      finish();
  }
  finish();
  return result;
}

language_model make_language_model(const std::vector<std::string>& phrases,
                                   const dictionary& words) {
  ngram_counts counts;
  phrase_filter filter{counts, words};
  auto each
    = all_agent_weight / std::max(1.0, static_cast<double>(phrases.size()));
  for (auto& phrase : phrases)
    filter.add(phrase, std::min(agent_weight, each));
  for (auto phrase : everyday_phrases()) {
    // A short answer gives the recogniser little to go by, and counts most.
    auto short_answer = phrase.find(' ') == std::string_view::npos;
    filter.add(phrase, short_answer ? short_answer_weight : everyday_weight);
  }
  add_numbers(counts);
  add_dates(counts);
  add_names(counts);
  language_model result;
  result.arpa = counts.to_arpa();
  result.dictionary = words.excerpt(counts.words());
  result.missing_words.assign(filter.missing.begin(), filter.missing.end());
  return result;
}

} // namespace velox::speech

#include "adapters/speech/pocketsphinx/language_model.hpp"

#include "adapters/speech/offline.hpp"
#include "adapters/speech/pocketsphinx/ngrams.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <gmock/gmock.h>
#include <map>
#include <sstream>

using namespace velox::speech;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

const dictionary& stock() {
  static const dictionary result{offline_speech_options{}.model_directory
                                 + "/cmudict-en-us.dict"};
  return result;
}

/// Probabilities and back-off weights as a reader of the ARPA text sees them.
struct arpa_model {
  explicit arpa_model(const std::string& text) {
    std::istringstream in{text};
    std::string line;
    int order = 0;
    while (std::getline(in, line)) {
      if (line.starts_with('\\'))
        order = line.size() > 2 && line[2] == '-' ? line[1] - '0' : 0;
      else if (order > 0 && !line.empty())
        read(order, line);
    }
  }

  void read(int order, const std::string& line) {
    std::istringstream in{line};
    double log = 0;
    double weight = 0;
    std::string words;
    std::string word;
    in >> log;
    for (int i = 0; i < order; ++i) {
      in >> word;
      words += (i > 0 ? " " : "") + word;
    }
    if (in >> weight)
      backoff[words] = std::pow(10, weight);
    probability[words] = log < -90 ? 0 : std::pow(10, log);
  }

  double of(const std::string& before, const std::string& word) const {
    if (auto i = probability.find(before + ' ' + word); i != probability.end())
      return i->second;
    auto i = backoff.find(before);
    return (i == backoff.end() ? 1 : i->second) * probability.at(word);
  }

  std::map<std::string, double> probability;
  std::map<std::string, double> backoff;
};

} // namespace

TEST(WordsOf, KeepsLettersAndApostrophes) {
  EXPECT_THAT(words_of("What's on, O'Clock?"),
              ElementsAre("what's", "on", "o'clock"));
  EXPECT_THAT(words_of("'quoted' - '"), ElementsAre("'quoted'"));
  EXPECT_THAT(words_of(" ?! "), IsEmpty());
}

TEST(Ngrams, ProbabilitiesAddUpToOne) {
  ngram_counts counts;
  counts.add_phrase({"a", "table", "for", "two"}, 10);
  counts.add_phrase({"a", "table", "for", "four"}, 5);
  counts.add_fragment({"for", "me"}, 1);
  counts.add_word("smith", 0.1);
  arpa_model model{counts.to_arpa()};
  auto words = counts.words();
  words.push_back("</s>");
  double all = 0;
  for (auto& word : words)
    all += model.probability.at(word);
  EXPECT_NEAR(all, 1, 1e-3);
  for (std::string before : {"<s>", "a", "for", "two", "smith"}) {
    double sum = 0;
    for (auto& word : words)
      sum += model.of(before, word);
    EXPECT_NEAR(sum, 1, 1e-3) << before;
  }
}

TEST(Ngrams, PrefersWhatWasSaid) {
  ngram_counts counts;
  counts.add_phrase({"a", "table", "for", "two"}, 10);
  counts.add_phrase({"one", "two", "three"}, 1);
  arpa_model model{counts.to_arpa()};
  EXPECT_GT(model.of("for", "two"), 5 * model.of("for", "three"));
  EXPECT_GT(model.of("for", "three"), 0);
}

TEST(LanguageModel, KnowsWhatEveryCallerSays) {
  auto model = make_language_model({}, stock());
  EXPECT_THAT(model.missing_words, IsEmpty());
  for (std::string word : {"yes", "no", "seven", "thirtieth", "wednesday",
                           "december", "mary", "smith", "o'clock"}) {
    EXPECT_THAT(model.arpa, HasSubstr(' ' + word + ' '));
    EXPECT_THAT('\n' + model.dictionary, HasSubstr('\n' + word + ' '));
  }
}

TEST(LanguageModel, NamesTheWordsItCannotKnow) {
  auto model = make_language_model(
    {"book the zorblax please", "at 24 grubnik street"}, stock());
  EXPECT_THAT(model.missing_words, ElementsAre("24", "grubnik", "zorblax"));
  EXPECT_THAT(model.arpa, Not(HasSubstr("zorblax")));
  EXPECT_THAT(model.arpa, HasSubstr(" book the "));
}

TEST(LanguageModel, KeepsEveryPronunciation) {
  auto model = make_language_model({"read it"}, stock());
  EXPECT_THAT(model.dictionary, HasSubstr("\nread R EH D\n"));
  EXPECT_THAT(model.dictionary, HasSubstr("\nread(2) R IY D\n"));
}

TEST(Dictionary, SaysWhichPackageIsMissing) {
  try {
    dictionary missing{"/nonexistent/cmudict"};
    FAIL() << "no error";
  } catch (const std::runtime_error& ex) {
    EXPECT_THAT(ex.what(), HasSubstr("/nonexistent/cmudict"));
    EXPECT_THAT(ex.what(), HasSubstr("pocketsphinx-en-us"));
  }
}

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace velox::speech {

/// Counts word sequences and writes them as a back-off trigram model. Some of
/// every history's probability is kept for words that did not follow it in the
/// phrases ("ratio" discounting, as in CMU's quick_lm): people paraphrase.
class ngram_counts {
public:
  /// The words of one phrase, from its beginning to its end. `weight` counts as
  /// that many repetitions.
  void add_phrase(const std::vector<std::string>& words, double weight);

  /// A piece of speech whose surroundings are not known.
  void add_fragment(const std::vector<std::string>& words, double weight);

  /// Makes the word possible anywhere.
  void add_word(const std::string& word, double weight);

  /// All words, sorted, without the marks of beginning and end.
  std::vector<std::string> words() const;

  /// The model in ARPA format.
  std::string to_arpa() const;

private:
  using id = uint32_t;
  /// A history: up to two words, oldest first, padded with `none`.
  using history = std::array<id, 2>;
  using successors = std::map<id, double>;

  id intern(const std::string& word);
  void count(const std::vector<id>& ids, double weight);
  void write_unigrams(std::string& out) const;
  void write_bigrams(std::string& out) const;
  void write_trigrams(std::string& out) const;
  double unigram(id word) const;
  double bigram(id before, id word) const;
  double backoff(id word) const;
  double backoff(id first, id second) const;

  std::map<std::string, id> ids_;
  std::vector<std::string> names_;
  std::vector<double> unigrams_;
  double total_ = 0;
  std::map<id, successors> bigrams_;
  std::map<history, successors> trigrams_;
};

} // namespace velox::speech

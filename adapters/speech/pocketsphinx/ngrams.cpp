#include "adapters/speech/pocketsphinx/ngrams.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace velox::speech {

namespace {

constexpr const char* phrase_begin = "<s>";
constexpr const char* phrase_end = "</s>";

/// The share of each history's probability that goes to unseen successors.
constexpr double discount = 0.3;

double sum(const std::map<uint32_t, double>& counts) {
  double result = 0;
  for (auto& [word, n] : counts)
    result += n;
  return result;
}

void append_log10(std::string& out, double probability) {
  char text[32];
  auto log = probability > 0 ? std::log10(probability) : -99.0;
  std::snprintf(text, sizeof(text), "%.4f", log);
  out += text;
}

} // namespace

ngram_counts::id ngram_counts::intern(const std::string& word) {
  auto [pos, fresh] = ids_.emplace(word, static_cast<id>(names_.size()));
  if (fresh) {
    names_.push_back(word);
    unigrams_.push_back(0);
  }
  return pos->second;
}

void ngram_counts::count(const std::vector<id>& ids, double weight) {
  for (size_t i = 0; i < ids.size(); ++i) {
    // The beginning is given, never predicted.
    if (names_[ids[i]] != phrase_begin) {
      unigrams_[ids[i]] += weight;
      total_ += weight;
    }
    if (i >= 1)
      bigrams_[ids[i - 1]][ids[i]] += weight;
    if (i >= 2)
      trigrams_[{ids[i - 2], ids[i - 1]}][ids[i]] += weight;
  }
}

void ngram_counts::add_phrase(const std::vector<std::string>& words,
                              double weight) {
  if (words.empty())
    return;
  std::vector<id> ids;
  ids.reserve(words.size() + 2);
  ids.push_back(intern(phrase_begin));
  for (auto& word : words)
    ids.push_back(intern(word));
  ids.push_back(intern(phrase_end));
  count(ids, weight);
}

void ngram_counts::add_fragment(const std::vector<std::string>& words,
                                double weight) {
  std::vector<id> ids;
  ids.reserve(words.size());
  for (auto& word : words)
    ids.push_back(intern(word));
  count(ids, weight);
}

void ngram_counts::add_word(const std::string& word, double weight) {
  count({intern(word)}, weight);
}

std::vector<std::string> ngram_counts::words() const {
  std::vector<std::string> result;
  for (auto& [word, id] : ids_)
    if (word != phrase_begin && word != phrase_end)
      result.push_back(word);
  return result;
}

double ngram_counts::unigram(id word) const {
  return unigrams_[word] / total_;
}

double ngram_counts::bigram(id before, id word) const {
  if (auto i = bigrams_.find(before); i != bigrams_.end())
    if (auto j = i->second.find(word); j != i->second.end())
      return (1 - discount) * j->second / sum(i->second);
  return backoff(before) * unigram(word);
}

double ngram_counts::backoff(id word) const {
  auto i = bigrams_.find(word);
  if (i == bigrams_.end())
    return 1;
  double seen = 0;
  for (auto& [next, n] : i->second)
    seen += unigram(next);
  return discount / std::max(1 - seen, 1e-3);
}

double ngram_counts::backoff(id first, id second) const {
  auto i = trigrams_.find({first, second});
  if (i == trigrams_.end())
    return 1;
  double seen = 0;
  for (auto& [next, n] : i->second)
    seen += bigram(second, next);
  return discount / std::max(1 - seen, 1e-3);
}

void ngram_counts::write_unigrams(std::string& out) const {
  out += "\n\\1-grams:\n";
  for (auto& [word, id] : ids_) {
    append_log10(out, unigram(id));
    out += ' ' + word + ' ';
    append_log10(out, backoff(id));
    out += '\n';
  }
}

void ngram_counts::write_bigrams(std::string& out) const {
  out += "\n\\2-grams:\n";
  for (auto& [before, successors] : bigrams_) {
    for (auto& [next, n] : successors) {
      append_log10(out, bigram(before, next));
      out += ' ' + names_[before] + ' ' + names_[next] + ' ';
      append_log10(out, backoff(before, next));
      out += '\n';
    }
  }
}

void ngram_counts::write_trigrams(std::string& out) const {
  out += "\n\\3-grams:\n";
  for (auto& [before, successors] : trigrams_) {
    auto all = sum(successors);
    for (auto& [next, n] : successors) {
      append_log10(out, (1 - discount) * n / all);
      out += ' ' + names_[before[0]] + ' ' + names_[before[1]] + ' '
             + names_[next] + '\n';
    }
  }
}

std::string ngram_counts::to_arpa() const {
  auto size = [](auto& histories) {
    size_t result = 0;
    for (auto& [before, successors] : histories)
      result += successors.size();
    return std::to_string(result);
  };
  std::string result = "\\data\\\n";
  result += "ngram 1=" + std::to_string(ids_.size()) + '\n';
  result += "ngram 2=" + size(bigrams_) + '\n';
  result += "ngram 3=" + size(trigrams_) + '\n';
  write_unigrams(result);
  write_bigrams(result);
  write_trigrams(result);
  result += "\n\\end\\\n";
  return result;
}

} // namespace velox::speech

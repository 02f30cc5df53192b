#include "adapters/language/scripted/matcher.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace velox::language {

namespace {

/// Words that say little about what is wanted.
const std::set<std::string, std::less<>>& little_words() {
  static const std::set<std::string, std::less<>> list{
    "a",     "an",   "and",    "are",       "at",     "be",    "can",   "could",
    "do",    "for",  "from",   "get",       "have",   "hello", "hi",    "i",
    "in",    "is",   "it",     "just",      "like",   "me",    "my",    "need",
    "of",    "on",   "please", "so",        "some",   "that",  "the",   "there",
    "this",  "to",   "want",   "we",        "well",   "will",  "would", "yes",
    "you",   "your", "with",   "am",        "okay",   "does",  "tell",  "know",
    "about", "if",   "was",    "wondering", "thanks", "thank", "may"};
  return list;
}

/// How much of a word's weight remains, by what kind of word it is.
double emphasis(const std::string& word) {
  static const std::set<std::string, std::less<>> questions{
    "how", "what", "when", "where", "which", "who", "why"};
  if (little_words().contains(word))
    return 0.2;
  return questions.contains(word) ? 0.45 : 1;
}

} // namespace

matcher::matcher(const agent& x) : agent_(&x) {
  std::map<std::string, size_t> index;
  std::vector<std::set<size_t>> used_by;
  for (size_t i = 0; i < x.intents.size(); ++i)
    for (auto& text : x.intents[i].phrases) {
      phrase p;
      p.intent_index = i;
      // Slots are filled from what else is said; the phrase is its words.
      for (auto& word : to_words(fill(text, [](auto) { return ""; }))) {
        auto [at, is_new] = index.emplace(word, known_.size());
        if (is_new) {
          known_.push_back({word});
          used_by.emplace_back();
        }
        used_by[at->second].insert(i);
        p.words.push_back(at->second);
      }
      phrases_.push_back(std::move(p));
    }
  auto all = static_cast<double>(x.intents.size());
  for (size_t i = 0; i < known_.size(); ++i) {
    auto rare
      = std::log(1 + (all + 1) / static_cast<double>(used_by[i].size()));
    known_[i].weight = rare * emphasis(known_[i].text);
  }
  for (auto& p : phrases_)
    for (auto word : p.words)
      p.weight += known_[word].weight;
}

matcher::comparison matcher::compare(word_span words) const {
  comparison out;
  for (auto& word : words) {
    auto known = std::find_if(known_.begin(), known_.end(),
                              [&](auto& k) { return k.text == word; });
    // What no phrase has may be anything: names, days, small talk.
    out.weights.push_back(known != known_.end() ? known->weight
                                                : 0.5 * emphasis(word));
  }
  for (auto& known : known_)
    for (auto& word : words)
      out.likenesses.push_back(similarity(known.text, word));
  return out;
}

double matcher::score(const phrase& x, const comparison& said) const {
  auto count = said.weights.size();
  if (x.weight <= 0 || count == 0)
    return 0;
  std::vector<bool> used(count);
  double matched = 0;
  for (auto word : x.words) {
    auto best = count;
    double likeness = 0;
    for (size_t i = 0; i < count; ++i)
      if (auto s = said.likenesses[word * count + i];
          !used[i] && s > likeness) {
        likeness = s;
        best = i;
      }
    if (best < count) {
      used[best] = true;
      matched += likeness * known_[word].weight;
    }
  }
  if (matched <= 0)
    return 0;
  double rest = 0;
  for (size_t i = 0; i < count; ++i)
    if (!used[i])
      rest += said.weights[i];
  auto recall = matched / x.weight;
  auto precision = matched / (matched + rest);
  // F-measure that minds a missing word of the phrase more than a word more.
  constexpr double beta2 = 1.8 * 1.8;
  return (1 + beta2) * precision * recall / (beta2 * precision + recall);
}

matcher::result matcher::best(word_span words) const {
  // More than anybody says in one breath; what follows is not compared.
  auto said = compare(words.first(std::min<size_t>(words.size(), 60)));
  result out;
  for (auto& x : phrases_)
    if (auto s = score(x, said); s > out.score)
      out = {&agent_->intents[x.intent_index], s};
  return out;
}

} // namespace velox::language

#include "protocol/recognised_words.hpp"

#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <set>

namespace velox {

void append_words(std::string& text, std::string_view more, size_t limit) {
  if (more.empty() || text.size() + more.size() >= limit)
    return;
  if (!text.empty())
    text += ' ';
  text += more;
}

size_t count_words(std::string_view text) {
  size_t count = 0;
  bool inside = false;
  for (char c : text) {
    count += c != ' ' && !inside;
    inside = c != ' ';
  }
  return count;
}

void mean_confidence::add(double confidence, size_t words) {
  sum_ += std::clamp(confidence, 0.0, 1.0) * static_cast<double>(words);
  words_ += words;
}

double mean_confidence::value() const {
  return words_ == 0 ? 1 : sum_ / static_cast<double>(words_);
}

std::string primary_language(std::string_view tag) {
  std::string result{tag.substr(0, tag.find_first_of("-_"))};
  for (auto& c : result)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result.empty() ? "en" : result;
}

std::vector<std::string> select_keyterms(std::span<const std::string> phrases,
                                         size_t max_terms, size_t max_size) {
  std::vector<std::string> result;
  std::set<std::string_view> known;
  size_t size = 0;
  for (auto& x : phrases) {
    auto words = count_words(x);
    if (words == 0 || words > 4 || !known.insert(x).second)
      continue;
    auto encoded = percent_encode(x).size();
    if (result.size() == max_terms || size + encoded > max_size)
      continue;
    size += encoded;
    result.push_back(x);
  }
  return result;
}

query_writer& query_writer::add(std::string_view name, std::string_view value) {
  auto replaced
    = std::any_of(extras_.begin(), extras_.end(),
                  [name](const auto& x) { return x.first == name; });
  if (replaced)
    return *this;
  text_ += std::exchange(first_, false) ? '?' : '&';
  text_ += percent_encode(name) + '=' + percent_encode(value);
  return *this;
}

query_writer& query_writer::add(std::string_view name, int64_t value) {
  return add(name, std::string_view{std::to_string(value)});
}

query_writer& query_writer::add(std::string_view name, double value) {
  std::string text;
  append_json_number(text, value);
  return add(name, std::string_view{text});
}

query_writer& query_writer::flag(std::string_view name, bool value) {
  return add(name, std::string_view{value ? "true" : "false"});
}

std::string query_writer::str() const {
  auto result = text_;
  char separator = first_ ? '?' : '&';
  for (auto& [name, value] : extras_) {
    result += separator + percent_encode(name) + '=' + percent_encode(value);
    separator = '&';
  }
  return result;
}

} // namespace velox

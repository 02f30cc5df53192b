#include "protocol/sentence_splitter.hpp"

#include "protocol/sentence_piece.hpp"
#include "protocol/ssml.hpp"

#include <algorithm>

namespace velox {

namespace {

/// The longest element that is kept in one piece.
constexpr size_t longest_element = 400;

/// A tag, or an element whose text says what is meant with all that is in it.
ssml_tag tagged_length(std::string_view text) {
  auto tag = ssml_tag_at(text);
  if (tag.length == 0)
    return tag;
  for (auto* name : {"sub", "say-as", "phoneme"}) {
    auto begin = text.substr(1);
    if (!begin.starts_with(name))
      continue;
    auto end_tag = "</" + std::string{name} + ">";
    auto end = text.find(end_tag, tag.length);
    if (end < longest_element)
      return {end + end_tag.size(), false};
    return {tag.length, text.size() < longest_element};
  }
  return tag;
}

} // namespace

void sentence_splitter::push(std::string_view token) {
  // What was emitted is dropped here, not in `take`, which runs more often.
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  if (rules_.spoken_only)
    spoken_.push(token, buffer_);
  else
    buffer_ += token;
}

std::optional<std::string> sentence_splitter::next() {
  return take(false);
}

std::optional<std::string> sentence_splitter::flush() {
  if (rules_.spoken_only)
    spoken_.flush(buffer_);
  auto sentence = take(true);
  if (!sentence) {
    buffer_.clear();
    begin_ = scanned_ = 0;
    first_ = true;
  }
  return sentence;
}

std::optional<std::string> sentence_splitter::take(bool at_end) {
  // White space in front belongs to no sentence.
  while (begin_ < buffer_.size() && is_ascii_space(buffer_[begin_]))
    ++begin_;
  scanned_ = std::max(scanned_, begin_);
  auto clauses = !first_               ? clause_rule::overlong
                 : rules_.early_clause ? clause_rule::early
                                       : clause_rule::first;
  sentence_piece text{std::string_view{buffer_}.substr(begin_), at_end,
                      clauses};
  auto emit = [this](size_t end) {
    auto sentence = buffer_.substr(begin_, end - begin_);
    while (!sentence.empty() && is_ascii_space(sentence.back()))
      sentence.pop_back();
    begin_ = scanned_ = end;
    first_ = false;
    return sentence;
  };
  while (scanned_ < buffer_.size()) {
    size_t i = scanned_ - begin_;
    if (buffer_[scanned_] == '<') {
      auto tagged = tagged_length(std::string_view{buffer_}.substr(scanned_));
      if (tagged.cut_off && !at_end)
        return std::nullopt;
      if (tagged.length > 0) {
        scanned_ += tagged.length;
        continue;
      }
    }
    size_t length = text.length(i);
    if (length == 0)
      return std::nullopt;
    size_t end = 0;
    switch (text.judge(i, end)) {
      case sentence_piece::verdict::cut: return emit(begin_ + end);
      case sentence_piece::verdict::wait: return std::nullopt;
      case sentence_piece::verdict::keep: scanned_ += length;
    }
  }
  if (at_end && begin_ < buffer_.size())
    return emit(buffer_.size());
  return std::nullopt;
}

} // namespace velox

#include "actors/unsaid.hpp"

#include <algorithm>

namespace velox::actors {

namespace {

constexpr int64_t bytes_per_ms = 8; // mu-law, 8 kHz

/// Characters in a second of speech, English, spaces included.
constexpr int64_t usual_pace = 15;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// The start of the word that `at` is within.
std::size_t word_start(const std::string& text, std::size_t at) {
  at = std::min(at, text.size());
  while (at > 0 && !is_space(text[at - 1]))
    --at;
  return at;
}

} // namespace

std::size_t reached(const std::string& text,
                    const std::vector<spoken_word>& words, int64_t heard_ms) {
  std::size_t at = 0;
  int64_t known_until = 0;
  for (auto& word : words) {
    auto found = text.find(word.text, at);
    if (word.end_ms > heard_ms || word.text.empty())
      return found == std::string::npos ? at : found;
    if (found == std::string::npos)
      continue; // the vendor has spelled it in another way
    at = found + word.text.size();
    known_until = word.end_ms;
  }
  auto guessed = (heard_ms - known_until) * usual_pace / 1000;
  auto end = at + static_cast<std::size_t>(std::max<int64_t>(guessed, 0));
  if (end >= text.size())
    return text.size();
  return std::max(at, word_start(text, end));
}

void unsaid::drop_up_to(uint64_t turn) {
  std::erase_if(owed_, [turn](auto& x) { return x.what.turn <= turn; });
}

bool unsaid::take(sentence_audio& x) {
  auto of = std::find_if(owed_.begin(), owed_.end(), [&](auto& y) {
    return y.what.turn == x.turn && y.what.index == x.index;
  });
  if (of == owed_.end())
    return false;
  x.offset += of->base;
  for (auto& word : x.words) {
    word.start_ms += static_cast<int64_t>(of->base) / bytes_per_ms;
    word.end_ms += static_cast<int64_t>(of->base) / bytes_per_ms;
    of->words.push_back(word);
  }
  of->bytes = std::max(of->bytes, x.offset + x.mulaw.size());
  if (x.last)
    owed_.erase(owed_.begin(), of + 1); // in order: those before are done
  return true;
}

std::vector<sentence> unsaid::hand_over(std::vector<sentence_audio>& done) {
  std::vector<sentence> result;
  std::deque<owed> left;
  for (auto& x : owed_) {
    if (x.bytes > x.base) { // the present voice has begun it
      auto said = x.what.text.substr(x.begun_at);
      std::vector<spoken_word> own;
      auto shift = static_cast<int64_t>(x.base) / bytes_per_ms;
      for (auto& word : x.words)
        if (word.start_ms >= shift)
          own.push_back(
            {word.text, word.start_ms - shift, word.end_ms - shift});
      auto heard = static_cast<int64_t>(x.bytes - x.base) / bytes_per_ms;
      x.begun_at += reached(said, own, heard);
      x.base = x.bytes;
    }
    auto rest = x.what.text.substr(x.begun_at);
    if (std::all_of(rest.begin(), rest.end(), is_space)) {
      sentence_audio end{x.what.turn, x.what.index, x.bytes, {}, true};
      done.push_back(std::move(end));
      continue;
    }
    auto y = x.what;
    y.text = std::move(rest);
    result.push_back(std::move(y));
    left.push_back(std::move(x));
  }
  owed_ = std::move(left);
  return result;
}

} // namespace velox::actors

#include "actors/speech_queue.hpp"

#include <algorithm>
#include <utility>

namespace velox::actors {

namespace {

caf::timespan duration_of(size_t mulaw_bytes) {
  return std::chrono::microseconds{mulaw_bytes * 125}; // 8000 bytes a second
}

int64_t to_ms(caf::timespan span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

} // namespace

void speech_queue::begin(uint64_t turn) {
  turn_ = turn;
  lines_.clear();
  sending_ = heard_ = 0;
  count_.reset();
  started_ = finished_ = false;
}

void speech_queue::add(const sentence_audio& x) {
  if (x.turn <= cancelled_ || x.turn < turn_)
    return;
  if (x.turn > turn_)
    begin(x.turn);
  if (x.index >= lines_.size())
    lines_.resize(x.index + 1);
  auto& to = lines_[x.index];
  // A restarted synthesiser begins the sentence anew: skip what is here.
  auto known = to.audio.size();
  if (!to.complete && x.offset <= known && x.offset + x.mulaw.size() > known)
    to.audio.insert(to.audio.end(),
                    x.mulaw.begin() + static_cast<ptrdiff_t>(known - x.offset),
                    x.mulaw.end());
  add_words(to, x.words);
  to.complete = to.complete || x.last;
}

/// In order of their times; what a restarted synthesiser tells again is here
/// already.
void speech_queue::add_words(line& to, const std::vector<spoken_word>& words) {
  for (auto& word : words) {
    auto later = to.words.empty() || word.start_ms > to.words.back().start_ms
                 || (word.start_ms == to.words.back().start_ms
                     && word.text != to.words.back().text);
    if (later && word.start_ms >= 0 && word.end_ms >= word.start_ms)
      to.words.push_back(word);
  }
}

void speech_queue::complete(const sentences_complete& x) {
  if (x.turn <= cancelled_ || x.turn < turn_)
    return;
  if (x.turn > turn_)
    begin(x.turn);
  count_ = x.count;
}

std::vector<speech_queue::output> speech_queue::take_due(time_point now) {
  std::vector<output> result;
  for (; sending_ < lines_.size(); ++sending_) {
    auto& x = lines_[sending_];
    while (x.sent < x.audio.size() && send_piece(x, result, now)) {
    }
    if (x.sent < x.audio.size() || !x.complete)
      break;
    if (x.sent == 0) // a sentence without sound is heard when its turn comes
      x.ends = std::max(played_until_, now);
    result.push_back({{}, mark_name(sending_)});
    x.marked = true;
    news_.sent.push_back(
      {turn_, static_cast<uint32_t>(sending_), to_ms(duration_of(x.sent))});
  }
  return result;
}

bool speech_queue::send_piece(line& x, std::vector<output>& to,
                              time_point now) {
  auto size = std::min(x.audio.size() - x.sent, piece_bytes);
  auto until = std::max(played_until_, now) + duration_of(size);
  if (until > now + lead)
    return false;
  to.push_back({{x.audio.data() + x.sent, size}, {}});
  news_.started = news_.started || !std::exchange(started_, true);
  x.sent += size;
  x.ends = played_until_ = until;
  return true;
}

std::string speech_queue::mark_name(size_t index) const {
  return "t" + std::to_string(turn_) + ".s" + std::to_string(index);
}

void speech_queue::reached(const std::string& mark, time_point) {
  for (size_t i = heard_; i < lines_.size(); ++i) {
    if (lines_[i].marked && mark == mark_name(i)) {
      hear_through(i);
      return;
    }
  }
}

void speech_queue::hear_through(size_t index) {
  for (; heard_ <= index; ++heard_)
    news_.heard.push_back({turn_, static_cast<uint32_t>(heard_)});
}

std::optional<playback_cut>
speech_queue::cancel(uint64_t turn, time_point now) {
  if (turn <= cancelled_)
    return std::nullopt;
  cancelled_ = turn;
  if (turn < turn_ || (turn == turn_ && finished_))
    return std::nullopt;
  auto result = turn == turn_ ? cut_at(now) : playback_cut{turn};
  begin(turn);
  finished_ = true;
  played_until_ = now;
  news_ = {};
  return result;
}

playback_cut speech_queue::cut_at(time_point now) const {
  auto index = heard_;
  // The ear is faster than the mark, which is still on its way back.
  while (index + 1 < lines_.size() && lines_[index].marked
         && now >= lines_[index].ends)
    ++index;
  playback_cut result{turn_, static_cast<uint32_t>(index)};
  if (index >= lines_.size())
    return result;
  auto& x = lines_[index];
  // Counted from the end: there may have been gaps, but none since what is not
  // played yet.
  auto sent = duration_of(x.sent);
  auto unplayed
    = std::clamp<caf::timespan>(x.ends - now, caf::timespan{0}, sent);
  result.heard_ms = to_ms(sent - unplayed);
  result.sent_ms = to_ms(sent);
  result.total_ms = x.complete ? to_ms(duration_of(x.audio.size())) : 0;
  result.words = x.words;
  return result;
}

speech_queue::progress speech_queue::take_progress(time_point now) {
  for (size_t i = heard_; i < lines_.size(); ++i)
    if (lines_[i].marked && now > lines_[i].ends + mark_grace)
      hear_through(i);
  if (!finished_ && count_ && heard_ >= *count_) {
    finished_ = true;
    news_.finished = true;
  }
  return std::exchange(news_, {});
}

std::optional<caf::timespan> speech_queue::next_look(time_point now) const {
  if (finished_ || turn_ == 0 || (lines_.empty() && !count_))
    return std::nullopt;
  auto pending = sending_ < lines_.size()
                 && lines_[sending_].sent < lines_[sending_].audio.size();
  if (pending) // come back when half of the lead is used up
    return std::clamp<caf::timespan>(played_until_ - now - lead / 2,
                                     std::chrono::milliseconds{50}, lead);
  return std::chrono::milliseconds{500};
}

bool speech_queue::idle(time_point now) const {
  auto at_hand = sending_ < lines_.size()
                 && lines_[sending_].sent < lines_[sending_].audio.size();
  return finished_ || (!at_hand && played_until_ <= now);
}

std::optional<speech_queue::time_point> speech_queue::dry_since() const {
  if (finished_ || !started_)
    return std::nullopt;
  if (count_ && sending_ >= *count_)
    return std::nullopt;
  if (sending_ < lines_.size()
      && lines_[sending_].sent < lines_[sending_].audio.size())
    return std::nullopt;
  return played_until_;
}

} // namespace velox::actors

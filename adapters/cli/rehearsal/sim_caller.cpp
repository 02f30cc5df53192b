#include "adapters/cli/rehearsal/sim_caller.hpp"

#include "adapters/cli/rehearsal/ear_text.hpp"

#include <algorithm>
#include <sstream>

namespace velox::rehearsal {

namespace {

constexpr caf::timespan batch_span = milliseconds{100};
constexpr uint8_t silence = 0xff;
constexpr uint8_t voice = 1;

std::vector<std::string> split(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> result;
  for (std::string word; in >> word;)
    result.push_back(word);
  return result;
}

} // namespace

heard_batch read_batch(const uint8_t* batch) {
  if (batch[0] != voice)
    return {};
  heard_batch result{true, std::nullopt};
  if (batch[3] != silence)
    result.word = {batch[1] + 256u * batch[2], batch[3]};
  return result;
}

std::optional<std::vector<spoken_piece>>
spoken_pieces(const std::string& text) {
  std::vector<spoken_piece> result;
  size_t from = 0;
  while (true) {
    auto open = text.find("<pause", from);
    result.push_back({text.substr(from, open - from)});
    if (open == std::string::npos)
      return result;
    auto close = text.find('>', open);
    if (close == std::string::npos)
      return std::nullopt;
    std::istringstream in{text.substr(open + 6, close - open - 6)};
    int64_t number = 0;
    std::string unit, more;
    if (!(in >> number >> unit) || in >> more || number <= 0 || number > 60'000
        || (unit != "ms" && unit != "s"))
      return std::nullopt;
    result.back().pause = milliseconds{unit == "s" ? number * 1000 : number};
    from = close + 1;
  }
}

sim_caller::sim_caller(virtual_world& world, sim_carrier& carrier,
                       std::vector<caller_step> script)
  : world_(world), carrier_(carrier), script_(std::move(script)) {}

void sim_caller::connect() {
  began_ = step_since_ = world_.now();
  world_.after(batch_span, [this] { tick(); });
}

void sim_caller::tick() {
  if (carrier_.closed() || dead_)
    return;
  if (speaking_ && ticks_left_ == 0)
    end_sound();
  auto now = world_.now();
  if (!speaking_ && !pieces_.empty() && now >= pause_until_)
    begin_piece();
  auto free = !speaking_ && pieces_.empty() && now >= busy_until_;
  if (free && step_ < script_.size() && due(script_[step_]))
    begin_step(script_[step_++]);
  if (carrier_.closed() || dead_)
    return;
  send_audio();
  world_.after(batch_span, [this] { tick(); });
}

bool sim_caller::due(const caller_step& x) const {
  auto now = world_.now();
  // `at` and `later` say how long themselves.
  auto fixed = x.when == cue::moment::at || x.when == cue::moment::later;
  if (!fixed && now - step_since_ >= x.patience)
    return true;
  return rehearsal::due(x.its_cue(), carrier_, now, step_since_, began_);
}

void sim_caller::begin_step(const caller_step& x) {
  auto now = world_.now();
  step_since_ = now;
  record_.push_back({x.what, x.text, now, now});
  switch (x.what) {
    case caller_step::act::say:
    case caller_step::act::noise:
    case caller_step::act::echo: begin_sound(x); break;
    case caller_step::act::wait:
      record_.back().until = busy_until_ = step_since_ = now + x.length;
      break;
    case caller_step::act::keys: press(x); break;
    case caller_step::act::beep:
      carrier_.report(tone_heard{line_tone::beep});
      break;
    case caller_step::act::fax:
      carrier_.report(tone_heard{line_tone::fax});
      break;
    case caller_step::act::hang_up:
      carrier_.report(caller_hung_up{});
      carrier_.cut_wire();
      break;
    case caller_step::act::drop_wire:
      carrier_.report(wire_closed{end_reason::wire_lost, "reset by peer"});
      carrier_.cut_wire();
      break;
    case caller_step::act::die: dead_ = true; break;
  }
}

void sim_caller::press(const caller_step& x) {
  caf::timespan after{0};
  for (auto digit : x.text) {
    if (after.count() == 0)
      carrier_.report(key_pressed{digit});
    else
      world_.after(after,
                   [this, digit] { carrier_.report(key_pressed{digit}); });
    after += x.between_keys;
  }
  record_.back().until = busy_until_ = step_since_ = step_since_ + after;
}

void sim_caller::begin_sound(const caller_step& x) {
  saying_ = x;
  if (x.what == caller_step::act::say)
    pieces_ = spoken_pieces(x.text).value_or(std::vector<spoken_piece>{});
  else
    pieces_ = {{}};
  std::reverse(pieces_.begin(), pieces_.end());
  record_.back().until = time_point::max();
  begin_piece();
}

/// The caller opens their mouth, for the first time or after a pause.
void sim_caller::begin_piece() {
  auto& x = saying_;
  with_words_ = x.what == caller_step::act::say;
  ticks_left_ = static_cast<size_t>(x.length / batch_span);
  if (with_words_) {
    auto said = split(pieces_.back().text);
    ticks_left_ = said.size() * x.batches_per_word;
    // What is misheard takes as long as what was said.
    auto heard = x.heard_as ? split(*x.heard_as) : said;
    with_words_ = !heard.empty();
    words_in_piece_ = heard.size();
    ticks_per_word_
      = std::max<size_t>(1, ticks_left_ / std::max<size_t>(1, heard.size()));
    if (with_words_)
      words_->push_back({std::move(heard), x.confidence});
  }
  if (x.what == caller_step::act::echo)
    repeat_agent();
  ticks_made_ = 0;
  if (ticks_left_ == 0) {
    end_sound();
    return;
  }
  speaking_ = true;
  // A leg tells the caller's voice from the echo of ours.
  if (x.what != caller_step::act::echo)
    carrier_.report(voice_started{});
}

/// What the agent is saying comes back: a recogniser may well understand it.
void sim_caller::repeat_agent() {
  auto all = heard_sentences(carrier_, world_.now());
  auto words = split(all.empty() ? std::string{} : all.back().text);
  words.resize(std::min(words.size(), ticks_left_));
  with_words_ = !words.empty();
  words_in_piece_ = words.size();
  ticks_per_word_ = with_words_ ? ticks_left_ / words.size() : 1;
  if (with_words_)
    words_->push_back({std::move(words), 0.9, true});
}

void sim_caller::send_audio() {
  std::vector<uint8_t> batch(batch_bytes, silence);
  if (speaking_) {
    batch[0] = with_words_ ? voice : 2;
    if (with_words_) {
      auto utterance = words_->size() - 1;
      batch[1] = static_cast<uint8_t>(utterance);
      batch[2] = static_cast<uint8_t>(utterance >> 8);
      auto word = ticks_made_ / ticks_per_word_;
      if (ticks_made_ % ticks_per_word_ == 0 && word < words_in_piece_)
        batch[3] = static_cast<uint8_t>(word);
    }
    ++ticks_made_;
    --ticks_left_;
  }
  carrier_.report(caller_audio{std::move(batch)});
}

void sim_caller::end_sound() {
  auto now = world_.now();
  if (std::exchange(speaking_, false) && saying_.what != caller_step::act::echo)
    carrier_.report(voice_stopped{});
  pause_until_ = now + pieces_.back().pause;
  pieces_.pop_back();
  step_since_ = now;
  if (pieces_.empty())
    record_.back().until = now;
}

} // namespace velox::rehearsal

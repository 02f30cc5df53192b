#include "adapters/cli/rehearsal/sim_caller.hpp"

#include <sstream>

namespace velox::rehearsal {

namespace {

constexpr caf::timespan batch_span = milliseconds{100};
constexpr size_t batches_per_word = 3;
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

sim_caller::sim_caller(virtual_world& world, sim_carrier& carrier,
                       std::vector<caller_step> script)
  : world_(world), carrier_(carrier), script_(std::move(script)) {}

void sim_caller::connect() {
  step_since_ = world_.now();
  world_.after(batch_span, [this] { tick(); });
}

void sim_caller::tick() {
  if (carrier_.closed() || dead_)
    return;
  if (speaking_ && ticks_left_ == 0)
    end_sound();
  if (!speaking_ && step_ < script_.size() && due(script_[step_]))
    begin_step(script_[step_++]);
  if (carrier_.closed() || dead_)
    return;
  send_audio();
  world_.after(batch_span, [this] { tick(); });
}

bool sim_caller::due(const caller_step& x) const {
  auto now = world_.now();
  if (now - step_since_ >= patience)
    return true;
  switch (x.when) {
    case caller_step::moment::quiet: {
      auto since = carrier_.quiet_since(now);
      return since && now - std::max(*since, step_since_) >= x.wait;
    }
    case caller_step::moment::over_agent: {
      auto since = carrier_.hearing_since(now);
      return since && now - std::max(*since, step_since_) >= x.wait;
    }
    case caller_step::moment::answered: {
      auto since = carrier_.quiet_since(now);
      return since && *since > step_since_ && now - *since >= x.wait;
    }
    case caller_step::moment::later: return now - step_since_ >= x.wait;
  }
  return true;
}

void sim_caller::begin_step(const caller_step& x) {
  auto now = world_.now();
  step_since_ = now;
  record_.push_back({x.what, x.text, now, now});
  switch (x.what) {
    case caller_step::act::say:
    case caller_step::act::noise:
      with_words_ = x.what == caller_step::act::say;
      if (with_words_)
        words_->push_back(split(x.text));
      ticks_left_ = with_words_ ? words_->back().size() * batches_per_word
                                : static_cast<size_t>(x.length / batch_span);
      ticks_made_ = 0;
      if (ticks_left_ == 0)
        return;
      speaking_ = true;
      record_.back().until = time_point::max();
      carrier_.report(voice_started{});
      break;
    case caller_step::act::keys:
      for (auto digit : x.text)
        carrier_.report(key_pressed{digit});
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

void sim_caller::send_audio() {
  std::vector<uint8_t> batch(batch_bytes, silence);
  if (speaking_) {
    batch[0] = with_words_ ? voice : 2;
    if (with_words_) {
      auto utterance = words_->size() - 1;
      batch[1] = static_cast<uint8_t>(utterance);
      batch[2] = static_cast<uint8_t>(utterance >> 8);
      if (ticks_made_ % batches_per_word == 0)
        batch[3] = static_cast<uint8_t>(ticks_made_ / batches_per_word);
    }
    ++ticks_made_;
    --ticks_left_;
  }
  carrier_.report(caller_audio{std::move(batch)});
}

void sim_caller::end_sound() {
  speaking_ = false;
  step_since_ = world_.now();
  record_.back().until = world_.now();
  carrier_.report(voice_stopped{});
}

} // namespace velox::rehearsal

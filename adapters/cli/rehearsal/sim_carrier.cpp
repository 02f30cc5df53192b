#include "adapters/cli/rehearsal/sim_carrier.hpp"

namespace velox::rehearsal {

namespace {

caf::timespan duration_of(size_t mulaw_bytes) {
  return std::chrono::microseconds{mulaw_bytes * 125};
}

/// Whether this is a sentence's audio, as far as its ends and its middle tell.
bool is_tagged(std::span<const uint8_t> mulaw) {
  constexpr uint8_t silence = 0xff;
  if (mulaw.size() < 2 || (mulaw[0] == silence && mulaw[1] == silence))
    return false;
  for (auto at : {mulaw.size() / 4, mulaw.size() / 2, mulaw.size() - 2}) {
    at &= ~size_t{1};
    // Two sentences in one piece are a breach that `play` makes known.
    if (mulaw[at] != mulaw[0] && at != ((mulaw.size() - 2) & ~size_t{1}))
      return false;
    if (mulaw[at] == mulaw[0] && mulaw[at + 1] != mulaw[1])
      return false;
  }
  return true;
}

} // namespace

std::vector<uint8_t> tagged_audio(uint64_t turn, uint32_t index, size_t bytes) {
  std::vector<uint8_t> result(bytes & ~size_t{1});
  for (size_t i = 0; i < result.size(); i += 2) {
    result[i] = static_cast<uint8_t>(turn);
    result[i + 1] = static_cast<uint8_t>(index);
  }
  return result;
}

sim_carrier::sim_carrier(virtual_world& world, line_quality line, uint64_t seed)
  : world_(world), line_(line), random_(seed), started_(world.now()) {}

void sim_carrier::report_to(leg_client_actor client) {
  client_ = std::move(client);
  for (auto& event : std::exchange(kept_, {}))
    event();
}

bool sim_carrier::listening() const {
  auto* actor = caf::actor_cast<caf::abstract_actor*>(client_);
  return actor != nullptr
         && !actor->getf(caf::abstract_actor::is_terminated_flag);
}

void sim_carrier::play(uint64_t turn, std::span<const uint8_t> mulaw) {
  if (closed_ || mulaw.size() < 2)
    return;
  auto now = world_.now();
  if (!is_tagged(mulaw)) {
    play_sound(turn, mulaw.size());
    return;
  }
  wire_.push_back({wire_record::kind::play,
                   now,
                   mulaw[0],
                   mulaw[1],
                   turn,
                   mulaw.size(),
                   {},
                   0});
  // Audio cannot change hands in the middle of a piece.
  if (mulaw[mulaw.size() - 2] != mulaw[0])
    wire_.back().turn = 0;
  auto from = std::max(now + line_.uplink, buffer_end_);
  buffer_end_ = from + duration_of(mulaw.size());
  if (!ear_.empty() && ear_.back().until == from && ear_.back().turn == mulaw[0]
      && ear_.back().index == mulaw[1] && !ear_.back().sound)
    ear_.back().until = buffer_end_;
  else
    ear_.push_back({mulaw[0], mulaw[1], from, buffer_end_, false});
}

/// Tones, or the background.
void sim_carrier::play_sound(uint64_t turn, size_t bytes) {
  auto now = world_.now();
  wire_.push_back({wire_record::kind::sound, now, turn, 0, turn, bytes, {}, 0});
  auto from = std::max(now + line_.uplink, buffer_end_);
  buffer_end_ = from + duration_of(bytes);
  if (!ear_.empty() && ear_.back().until == from && ear_.back().sound
      && ear_.back().turn == turn)
    ear_.back().until = buffer_end_;
  else
    ear_.push_back({turn, 0, from, buffer_end_, true});
}

void sim_carrier::mark(const std::string& name) {
  if (closed_)
    return;
  auto now = world_.now();
  wire_.push_back({wire_record::kind::mark, now, 0, 0, 0, 0, name, 0});
  return_mark(name, std::max(now + line_.uplink, buffer_end_));
}

void sim_carrier::clear() {
  if (closed_)
    return;
  auto now = world_.now();
  wire_.push_back({wire_record::kind::clear, now, 0, 0, 0, 0, {}, 0});
  auto arrival = now + line_.uplink;
  while (!ear_.empty() && ear_.back().from >= arrival)
    ear_.pop_back();
  if (!ear_.empty())
    ear_.back().until = std::min(ear_.back().until, arrival);
  buffer_end_ = std::min(buffer_end_, arrival);
  // Marks that were reached are on their way already.
  auto queued = std::stable_partition(
    marks_.begin(), marks_.end(), [&](auto& x) { return x.reached < arrival; });
  std::vector<pending_mark> dropped{queued, marks_.end()};
  marks_.erase(queued, marks_.end());
  last_return_ = marks_.empty() ? now : marks_.back().back;
  for (auto& x : dropped)
    return_mark(x.name, arrival);
}

void sim_carrier::close(uint16_t code, std::string reason) {
  auto now = world_.now();
  wire_.push_back(
    {wire_record::kind::close, now, 0, 0, 0, 0, std::move(reason), code});
  auto arrival = now + line_.uplink;
  while (!ear_.empty() && ear_.back().from >= arrival)
    ear_.pop_back();
  if (!ear_.empty())
    ear_.back().until = std::min(ear_.back().until, arrival);
  // A socket that is closed says so once more.
  if (!closed_ && client_ && random_() % 2 == 0)
    caf::anon_send(client_, wire_closed{end_reason::wire_lost, "closed"});
  closed_ = true;
}

void sim_carrier::return_mark(std::string name, time_point reached) {
  if (std::uniform_real_distribution<>{}(random_) < line_.marks_lost)
    return;
  auto delay = line_.downlink;
  if (line_.jitter.count() > 0)
    delay += caf::timespan{static_cast<int64_t>(
      random_() % static_cast<uint64_t>(line_.jitter.count()))};
  auto back = std::max(last_return_, reached + delay); // one ordered wire
  last_return_ = back;
  auto id = ++next_mark_;
  marks_.push_back({name, reached, back, id});
  world_.at(back, [this, name, id] {
    auto i = std::find_if(marks_.begin(), marks_.end(),
                          [id](auto& x) { return x.id == id; });
    if (i == marks_.end())
      return; // returned by a clear
    marks_.erase(i);
    report(mark_reached{name});
  });
}

std::optional<sim_carrier::time_point>
sim_carrier::hearing_since(time_point now) const {
  for (auto i = ear_.rbegin(); i != ear_.rend(); ++i) {
    if (i->from > now || i->sound)
      continue;
    if (i->until <= now)
      return std::nullopt;
    auto since = i->from;
    for (++i; i != ear_.rend() && since - i->until < milliseconds{300}; ++i)
      if (!i->sound)
        since = i->from;
    return since;
  }
  return std::nullopt;
}

std::optional<sim_carrier::time_point>
sim_carrier::quiet_since(time_point now) const {
  for (auto i = ear_.rbegin(); i != ear_.rend(); ++i) {
    if (i->from > now || i->sound)
      continue;
    if (i->until > now)
      return std::nullopt;
    return i->until;
  }
  return started_;
}

std::vector<ear_record> sim_carrier::ear(time_point until) const {
  std::vector<ear_record> result;
  for (auto x : ear_) {
    x.until = std::min(x.until, until);
    if (x.from < x.until)
      result.push_back(x);
  }
  return result;
}

milliseconds sim_carrier::heard(uint64_t turn, time_point until) const {
  caf::timespan result{0};
  for (auto& x : ear(until))
    if (x.turn == turn && !x.sound)
      result += x.until - x.from;
  return std::chrono::duration_cast<milliseconds>(result);
}

} // namespace velox::rehearsal

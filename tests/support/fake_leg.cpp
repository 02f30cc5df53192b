#include "tests/support/fake_leg.hpp"

#include "tests/support/spelled_audio.hpp"

#include <algorithm>
#include <utility>

namespace velox::test {

namespace {

constexpr milliseconds batch{100};

} // namespace

std::shared_ptr<fake_leg>
fake_leg::make(virtual_world& world, caf::timespan latency) {
  return std::shared_ptr<fake_leg>{new fake_leg(world, latency)};
}

// -- the engine's side
// ------------------------------------------------------------

void fake_leg::report_to(leg_client_actor client) {
  client_ = std::move(client);
  for (auto& what : std::exchange(kept_, {}))
    what(client_);
}

void fake_leg::play(uint64_t turn, std::span<const uint8_t> mulaw) {
  if (closed_)
    return;
  stale_audio_ = stale_audio_ || (turn != 0 && turn <= cleared_turn_);
  played_turn_ = std::max(played_turn_, turn);
  auto now = world_.now();
  played_until_ = std::max(played_until_, now);
  log_.push_back(
    {written::kind::audio, now, turn, "", mulaw.size(), 0, played_until_});
  sound_.push_back({turn, played_until_, {mulaw.begin(), mulaw.end()}});
  played_until_ += duration_of(mulaw.size());
  longest_lead_ = std::max<caf::timespan>(longest_lead_, played_until_ - now);
}

void fake_leg::mark(const std::string& name) {
  if (closed_)
    return;
  auto now = world_.now();
  log_.push_back({written::kind::mark, now, 0, name, 0, 0, {}});
  auto number = next_mark_++;
  marks_.emplace(number, name);
  world_.at(std::max(played_until_, now) + latency_,
            [weak = weak_from_this(), number] {
              if (auto leg = weak.lock())
                leg->return_mark(number);
            });
}

void fake_leg::return_mark(uint64_t number) {
  auto i = marks_.find(number);
  if (i == marks_.end())
    return;
  auto name = std::move(i->second);
  marks_.erase(i);
  if (!drop_marks)
    report(mark_reached{std::move(name)});
}

void fake_leg::clear() {
  if (closed_)
    return;
  auto now = world_.now();
  log_.push_back({written::kind::clear, now, 0, "", 0, 0, {}});
  cleared_turn_ = played_turn_;
  for (auto& x : sound_)
    x.audio.resize(std::min(x.audio.size(), bytes_within(now - x.starts)));
  played_until_ = now;
  while (!marks_.empty()) // as Twilio does: what is cleared, is reported
    return_mark(marks_.begin()->first);
}

void fake_leg::close(uint16_t code, std::string reason) {
  if (closed_)
    return;
  log_.push_back(
    {written::kind::close, world_.now(), 0, std::move(reason), 0, code, {}});
  auto now = world_.now();
  for (auto& x : sound_) // the carrier hangs up on what it has not played
    x.audio.resize(std::min(x.audio.size(), bytes_within(now - x.starts)));
  closed_ = true;
  line_open_ = false;
  client_ = nullptr;
  kept_.clear();
}

void fake_leg::send(std::function<void(const leg_client_actor&)> what) {
  if (closed_)
    return;
  if (client_)
    what(client_);
  else
    kept_.push_back(std::move(what));
}

// -- the caller
// ---------------------------------------------------------------

void fake_leg::pick_up() {
  line_open_ = true;
  if (!std::exchange(ticking_, true))
    tick_later();
}

void fake_leg::tick_later() {
  world_.after(batch, [weak = weak_from_this()] {
    if (auto leg = weak.lock())
      leg->tick();
  });
}

void fake_leg::tick() {
  if (!line_open_ || closed_) {
    ticking_ = false;
    return;
  }
  auto audio = hum(batch, silence_byte);
  if (!speech_.empty()) {
    if (!std::exchange(voice_, true))
      report(voice_started{});
    auto& words = speech_.front();
    auto size = std::min(audio.size(), words.size());
    std::copy_n(words.begin(), size, audio.begin());
    words.erase(words.begin(), words.begin() + static_cast<ptrdiff_t>(size));
  }
  report(caller_audio{std::move(audio)});
  if (!speech_.empty() && speech_.front().empty()) {
    speech_.pop_front();
    voice_ = false;
    report(voice_stopped{});
  }
  tick_later();
}

void fake_leg::say(std::string_view text) {
  speech_.push_back(spell(text));
  pick_up();
}

void fake_leg::make_noise(caf::timespan span) {
  speech_.push_back(hum(span, voice_byte));
  pick_up();
}

void fake_leg::press(char digit) {
  report(key_pressed{digit});
}

void fake_leg::hang_up() {
  line_open_ = false;
  report(caller_hung_up{});
}

void fake_leg::lose_wire(end_reason why) {
  line_open_ = false;
  report(wire_closed{why, "The socket is gone."});
  closed_ = true;
}

// -- what came of it
// -----------------------------------------------------------

uint16_t fake_leg::close_code() const {
  for (auto& x : log_)
    if (x.what == written::kind::close)
      return x.code;
  return 0;
}

std::string fake_leg::heard(uint64_t turn) const {
  std::string result;
  auto now = world_.now();
  for (auto& x : sound_)
    if (x.turn == turn)
      result += read_aloud(std::span{x.audio}.first(
        std::min(x.audio.size(), bytes_within(now - x.starts))));
  return result.substr(0, result.find_last_not_of(' ') + 1);
}

std::string fake_leg::heard() const {
  std::string result;
  uint64_t turn = 0;
  for (auto& x : sound_) {
    if (x.turn == std::exchange(turn, x.turn))
      continue;
    auto text = heard(x.turn);
    result += (result.empty() || text.empty() ? "" : " ") + text;
  }
  return result;
}

size_t fake_leg::count(written::kind what) const {
  return static_cast<size_t>(std::count_if(
    log_.begin(), log_.end(), [what](auto& x) { return x.what == what; }));
}

} // namespace velox::test

#include "tests/vendors/vendor_leg.hpp"

#include "tests/support/spelled_audio.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t batch_bytes = 800; // 100 ms

} // namespace

template <class T>
void vendor_leg::report(T x) {
  leg_client_actor to;
  {
    std::lock_guard guard{mutex_};
    if (closed_)
      return;
    to = client_;
  }
  if (to)
    caf::anon_send(to, std::move(x));
}

// -- the engine's side

void vendor_leg::report_to(leg_client_actor client) {
  std::lock_guard guard{mutex_};
  client_ = std::move(client);
  changed_.notify_all();
}

void vendor_leg::play(uint64_t turn, std::span<const uint8_t> mulaw) {
  std::lock_guard guard{mutex_};
  auto& to = heard_[turn];
  to.insert(to.end(), mulaw.begin(), mulaw.end());
  after_clear_[turn] += mulaw.size();
  played_until_ = std::max(played_until_, clock::now())
                  + std::chrono::microseconds{mulaw.size() * 125};
  changed_.notify_all();
}

void vendor_leg::mark(const std::string& name) {
  leg_client_actor to;
  clock::duration wait{0};
  {
    std::lock_guard guard{mutex_};
    to = client_;
    if (habit_ == mark_habit::in_time)
      wait = std::max(wait, played_until_ - clock::now());
  }
  if (!to)
    return;
  if (wait > 0ms)
    caf::delayed_anon_send(to, wait, mark_reached{name});
  else
    caf::anon_send(to, mark_reached{name});
}

void vendor_leg::clear() {
  std::lock_guard guard{mutex_};
  ++clears_;
  after_clear_.clear();
  played_until_ = clock::now();
  changed_.notify_all();
}

void vendor_leg::close(uint16_t, std::string reason) {
  std::lock_guard guard{mutex_};
  closed_ = true;
  close_reason_ = std::move(reason);
  client_ = nullptr; // or the two keep each other
  changed_.notify_all();
}

// -- the caller

void vendor_leg::say(std::string_view text) {
  start_voice();
  audio(spell(text));
  audio(hum(400ms, silence_byte));
  stop_voice();
}

void vendor_leg::start_voice() {
  report(voice_started{});
}

void vendor_leg::audio(const std::vector<uint8_t>& mulaw) {
  {
    std::lock_guard guard{mutex_};
    spoken_.append(mulaw.begin(), mulaw.end());
  }
  for (std::size_t at = 0; at < mulaw.size(); at += batch_bytes) {
    auto from = mulaw.begin() + static_cast<std::ptrdiff_t>(at);
    auto size = std::min(batch_bytes, mulaw.size() - at);
    report(caller_audio{{from, from + static_cast<std::ptrdiff_t>(size)}});
  }
}

void vendor_leg::stop_voice() {
  report(voice_stopped{});
}

void vendor_leg::hang_up() {
  report(caller_hung_up{});
}

// -- what came of it

std::vector<uint8_t> vendor_leg::heard(uint64_t turn) const {
  std::lock_guard guard{mutex_};
  auto found = heard_.find(turn);
  return found == heard_.end() ? std::vector<uint8_t>{} : found->second;
}

std::size_t vendor_leg::heard_bytes() const {
  std::lock_guard guard{mutex_};
  std::size_t result = 0;
  for (auto& [turn, audio] : heard_)
    result += audio.size();
  return result;
}

std::string vendor_leg::spoken() const {
  std::lock_guard guard{mutex_};
  return spoken_;
}

std::size_t vendor_leg::clears() const {
  std::lock_guard guard{mutex_};
  return clears_;
}

std::size_t vendor_leg::heard_after_clear(uint64_t turn) const {
  std::lock_guard guard{mutex_};
  auto found = after_clear_.find(turn);
  return found == after_clear_.end() ? 0 : found->second;
}

bool vendor_leg::closed() const {
  std::lock_guard guard{mutex_};
  return closed_;
}

std::string vendor_leg::close_reason() const {
  std::lock_guard guard{mutex_};
  return close_reason_;
}

bool vendor_leg::wait_for(
  const std::function<bool(const vendor_leg&)>& what) const {
  auto until = clock::now() + 10s;
  while (!what(*this)) {
    std::unique_lock guard{mutex_};
    if (clock::now() > until)
      return false;
    // A bound, for an event may come between the question and the wait.
    changed_.wait_for(guard, 10ms);
  }
  return true;
}

} // namespace velox::test

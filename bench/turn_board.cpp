#include "bench/turn_board.hpp"

#include "bench/fake_providers.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <sstream>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>

namespace velox::bench {

namespace {

constexpr size_t frame_bytes = 160;

int64_t count(clock::time_point x) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
           x.time_since_epoch())
    .count();
}

size_t index_of(turn_event x) {
  return static_cast<size_t>(x);
}

double ms_between(const turn_times& x, turn_event from, turn_event to) {
  return static_cast<double>(x[index_of(to)] - x[index_of(from)]) / 1e6;
}

} // namespace

std::vector<uint8_t> turn_frame(turn_id x) {
  std::vector<uint8_t> result(frame_bytes);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = i % 4 < 2 ? 0x05 : 0x85; // a loud tone of 2 kHz
  result.front() = loud_byte;
  auto mark = fmt::format("{}{} {};", frame_word, x.call, x.turn);
  std::copy(mark.begin(), mark.end(), result.begin() + 1);
  return result;
}

std::string in_letters(size_t number) {
  auto result = std::to_string(number);
  for (auto& digit : result)
    digit = static_cast<char>(digit - '0' + 'a');
  return result;
}

std::optional<turn_id> find_turn(std::string_view text, std::string_view word) {
  auto at = text.rfind(word);
  if (at == text.npos)
    return std::nullopt;
  // Two numbers of at most 20 digits, each with what follows it.
  std::string numbers{text.substr(at + word.size(), 42)};
  for (auto& c : numbers)
    if (c >= 'a' && c <= 'j')
      c = static_cast<char>(c - 'a' + '0');
  auto* from = numbers.data();
  auto* end = numbers.data() + numbers.size();
  turn_id result;
  auto call = std::from_chars(from, end, result.call);
  if (call.ec != std::errc{} || call.ptr == end || *call.ptr != ' ')
    return std::nullopt;
  auto turn = std::from_chars(call.ptr + 1, end, result.turn);
  if (turn.ec != std::errc{} || turn.ptr == end)
    return std::nullopt;
  return result;
}

turn_board::turn_board(size_t calls, size_t turns, clock::duration period)
  : calls_(calls), turns_(turns), period_(period),
    memory_(memfd_create("velox-bench-turns", 0)) {
  if (memory_ < 0 || ftruncate(memory_, static_cast<off_t>(bytes())) != 0)
    throw std::runtime_error{"no memory for the times of turns"};
  map();
}

turn_board::turn_board(const std::string& shared) {
  std::istringstream in{shared};
  int64_t period = 0;
  if (!(in >> memory_ >> calls_ >> turns_ >> period))
    throw std::invalid_argument{"no board of turns"};
  period_ = clock::duration{period};
  map();
}

turn_board::~turn_board() {
  munmap(start_, bytes());
  close(memory_);
}

std::string turn_board::share() const {
  return fmt::format("{} {} {} {}", memory_, calls_, turns_, period_.count());
}

/// Fresh memory is zero: nothing has happened.
void turn_board::map() {
  static_assert(std::atomic<int64_t>::is_always_lock_free);
  auto* at
    = mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, memory_, 0);
  if (at == MAP_FAILED)
    throw std::invalid_argument{"no board of turns"};
  start_ = static_cast<std::atomic<int64_t>*>(at);
  slots_ = reinterpret_cast<slot*>(start_ + 1);
}

size_t turn_board::bytes() const {
  return sizeof(*start_) + calls_ * turns_ * sizeof(slot);
}

void turn_board::start(clock::time_point at) {
  *start_ = count(at);
}

std::optional<turn_id>
turn_board::spoken_by(size_t call, clock::time_point now) const {
  auto start = start_->load();
  if (start == 0 || call >= calls_)
    return std::nullopt;
  auto phase
    = period_ * static_cast<int64_t>(call) / static_cast<int64_t>(calls_);
  auto since = std::chrono::nanoseconds{count(now) - start} - phase;
  if (since.count() < 0)
    return std::nullopt;
  auto turn = static_cast<size_t>(since / period_);
  if (turn >= turns_ || since % period_ >= turn_speech)
    return std::nullopt;
  return turn_id{call, turn};
}

turn_board::slot* turn_board::find(turn_id x) const {
  return x.call < calls_ && x.turn < turns_ ? &slots_[x.call * turns_ + x.turn]
                                            : nullptr;
}

void turn_board::note(turn_id x, turn_event what) {
  auto now = count(clock::now());
  int64_t unset = 0;
  if (auto* to = find(x))
    (*to)[index_of(what)].compare_exchange_strong(unset, now);
}

void turn_board::heard(size_t call) {
  for (size_t i = 0; i < turns_; ++i)
    if (auto* x = find({call, i}); x && (*x)[index_of(turn_event::sound)] != 0)
      note({call, i}, turn_event::frame);
}

bool turn_board::complete() const {
  return std::all_of(slots_, slots_ + calls_ * turns_, [](const slot& x) {
    return x[index_of(turn_event::frame)] != 0;
  });
}

clock::time_point turn_board::last_word() const {
  return clock::time_point{std::chrono::nanoseconds{start_->load()}}
         + period_ * static_cast<int64_t>(turns_) + turn_speech;
}

std::vector<turn_times> turn_board::times() const {
  std::vector<turn_times> result(calls_ * turns_);
  for (size_t i = 0; i < result.size(); ++i)
    for (size_t k = 0; k < turn_events; ++k)
      result[i][k] = slots_[i][k];
  return result;
}

turn_spans spans_of(const std::vector<turn_times>& all) {
  using enum turn_event;
  turn_spans result;
  result.planned = all.size();
  for (auto& x : all) {
    if (std::find(x.begin(), x.end(), 0) != x.end()) {
      ++result.unanswered;
      continue;
    }
    auto request = ms_between(x, ended, asked);
    auto words = ms_between(x, token, text);
    auto audio = ms_between(x, sound, frame);
    result.whole.push_back(request + words + audio);
    result.request.push_back(request);
    result.text.push_back(words);
    result.frame.push_back(audio);
    result.delays.push_back(ms_between(x, asked, token)
                            + ms_between(x, text, sound));
  }
  return result;
}

} // namespace velox::bench

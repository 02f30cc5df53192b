#include "tests/support/vendors/stt_fake.hpp"

#include "tests/support/eventually.hpp"

#include <algorithm>
#include <thread>

namespace velox::test {

namespace {

constexpr uint8_t silence = 0xFF;

} // namespace

// -- the ear ------------------------------------------------------------------

void fake_ear::hear(std::string_view mulaw) {
  for (char c : mulaw) {
    ++heard_;
    auto byte = static_cast<uint8_t>(c);
    silence_ = byte == silence ? silence_ + 1 : 0;
    voice_ = voice_ || byte != silence;
    if (byte >= 0x20 && byte < 0x7F)
      letters_.push_back({c, now()});
  }
}

std::vector<fake_ear::word> fake_ear::words() const {
  constexpr double letter_length = 0.065;
  std::vector<word> result;
  bool inside = false;
  for (auto& x : letters_) {
    if (x.text == ' ') {
      inside = false;
      continue;
    }
    if (!std::exchange(inside, true))
      result.push_back({{}, x.at - letter_length, x.at});
    result.back().text += x.text;
    result.back().end = x.at;
  }
  for (auto& x : result)
    if (auto i = spellings_.find(x.text); i != spellings_.end())
      x.text = i->second;
  return result;
}

std::string fake_ear::text() const {
  std::string result;
  for (auto& x : words())
    result += (result.empty() ? "" : " ") + x.text;
  return result;
}

void fake_ear::forget() {
  letters_.clear();
  voice_ = false;
  since_ = now();
}

// -- the fake -----------------------------------------------------------------

void stt_fake::set_plan(stt_plan x) {
  std::lock_guard guard{mutex_};
  plan_ = std::move(x);
}

stt_plan stt_fake::plan() const {
  std::lock_guard guard{mutex_};
  return plan_;
}

void stt_fake::note_audio(std::string_view bytes) {
  std::lock_guard guard{mutex_};
  audio_ += bytes;
  sizes_.push_back(bytes.size());
}

void stt_fake::note_text(std::string_view text) {
  std::lock_guard guard{mutex_};
  texts_.emplace_back(text);
}

std::string stt_fake::audio() const {
  std::lock_guard guard{mutex_};
  return audio_;
}

std::vector<std::size_t> stt_fake::audio_sizes() const {
  std::lock_guard guard{mutex_};
  return sizes_;
}

std::vector<std::string> stt_fake::texts() const {
  std::lock_guard guard{mutex_};
  return texts_;
}

bool stt_fake::wait_for_text(std::string_view text, std::size_t times) const {
  return eventually([&] {
    auto all = texts();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), text))
           >= times;
  });
}

bool stt_fake::wait_for_audio(std::size_t bytes) const {
  return eventually([&] { return audio().size() >= bytes; });
}

bool act_up(const stt_plan& plan, std::size_t words,
            vendor_connection& connection) {
  auto reached = [words](int at) {
    return at >= 0 && words >= static_cast<std::size_t>(at);
  };
  if (reached(plan.resets_at)) {
    connection.reset();
    throw vendor_gone{};
  }
  if (reached(plan.closes_at)) {
    if (!plan.last_frame.empty())
      connection.text(plan.last_frame);
    connection.close(plan.close_code, plan.close_reason);
    throw vendor_gone{};
  }
  return plan.deaf || reached(plan.stalls_at);
}

} // namespace velox::test

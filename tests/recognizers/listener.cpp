#include "tests/recognizers/listener.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace velox::test {

namespace {

/// What no session says: it marks a place in the log.
constexpr const char* marker = "marker";

recognition_client_actor::behavior_type
record(recognition_client_actor::pointer, std::shared_ptr<report_log> log) {
  return {
    [log](session_ready x) { log->add(x); },
    [log](const words_partial& x) { log->add(x); },
    [log](const words_final& x) { log->add(x); },
    [log](const provider_failed& x) { log->add(x); },
  };
}

bool is_marker(const reported& x) {
  auto* failed = std::get_if<provider_failed>(&x);
  return failed && failed->stage == marker;
}

} // namespace

// -- what was reported --------------------------------------------------------

void report_log::add(reported x) {
  {
    std::lock_guard guard{mutex_};
    reported_.push_back(std::move(x));
  }
  changed_.notify_all();
}

std::vector<reported> report_log::all() const {
  std::lock_guard guard{mutex_};
  std::vector<reported> result;
  for (auto& x : reported_)
    if (!is_marker(x))
      result.push_back(x);
  return result;
}

listener::listener() : client_(system_.spawn(record, log_)) {}

listener::~listener() {
  caf::anon_send_exit(client_, caf::exit_reason::user_shutdown);
}

std::size_t listener::settled() {
  ++markers_;
  caf::anon_send(client_, provider_failed{marker, {}});
  auto seen = log_->wait_until([this](const std::vector<reported>& all) {
    return static_cast<std::size_t>(
             std::count_if(all.begin(), all.end(), is_marker))
           == markers_;
  });
  EXPECT_TRUE(seen);
  return log_->all().size();
}

words_final listener::final(std::size_t index) const {
  EXPECT_TRUE(log_->wait_for<words_final>(index + 1)) << "no final words";
  auto finals = log_->of<words_final>();
  return index < finals.size() ? finals[index] : words_final{"(none)"};
}

provider_failed listener::failure() const {
  EXPECT_TRUE(log_->wait_for<provider_failed>()) << "no failure";
  auto all = log_->all();
  if (all.empty() || !std::holds_alternative<provider_failed>(all.back())) {
    ADD_FAILURE() << "the failure is not the last message";
    return {};
  }
  return std::get<provider_failed>(all.back());
}

// -- audio --------------------------------------------------------------------

audio silence(int ms) {
  return hum(std::chrono::milliseconds{ms}, silence_byte);
}

audio spelled(const std::string& text) {
  auto result = silence(300);
  auto speech = spell(text);
  result.insert(result.end(), speech.begin(), speech.end());
  auto rest = silence(100);
  result.insert(result.end(), rest.begin(), rest.end());
  return result;
}

void feed(speech_recognizer& to, const audio& x, std::size_t size) {
  for (std::size_t i = 0; i < x.size(); i += size) {
    auto begin = x.begin() + static_cast<ptrdiff_t>(i);
    auto n = static_cast<ptrdiff_t>(std::min(size, x.size() - i));
    to.hear({begin, begin + n});
  }
}

void utter(speech_recognizer& to, const audio& x) {
  auto noticed
    = x.begin()
      + static_cast<ptrdiff_t>(std::min<std::size_t>(x.size(), 8 * 500));
  feed(to, {x.begin(), noticed});
  to.utterance_began();
  feed(to, {noticed, x.end()});
  to.utterance_ended();
}

void hush(speech_recognizer& to, int ms) {
  feed(to, silence(ms));
}

} // namespace velox::test

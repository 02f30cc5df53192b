#include "adapters/cli/transcript_poller.hpp"

#include "adapters/cli/http_client.hpp"
#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <fmt/format.h>

namespace velox::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto poll_interval = 150ms;
constexpr auto request_timeout = 2s;

/// A call that was just placed may not be known to the API yet: about 3 s.
constexpr int not_found_limit = 20;

/// One event of the log, reported. Returns true when it says that the call
/// ended.
bool report_event(const rapidjson::Value& event, call_time at,
                  call_reporter& to) {
  auto turn = static_cast<uint64_t>(
    std::max<int64_t>(json_integer(event, "turn").value_or(0), 0));
  auto kind = json_text(event, "kind").value_or("");
  const auto* found = json_member(event, "detail");
  rapidjson::Value none{rapidjson::kObjectType};
  const auto& detail = found ? *found : none;
  auto text = [&detail](std::string_view name) {
    return json_text(detail, name).value_or("");
  };
  auto index = [&detail] { return json_integer(detail, "index").value_or(0); };
  if (kind == "user-turn")
    to.understood(at, turn, text("text"),
                  json_number(detail, "confidence").value_or(1));
  else if (kind == "sentence")
    to.sentence(at, turn, index(), text("text"));
  else if (kind == "sentence-heard")
    to.sentence_heard(at, turn, index());
  else if (kind == "cancelled")
    to.interrupted(at, turn, text("heard"), text("sent"), text("unsent"));
  else if (kind == "child-restarted")
    to.child_restarted(at, text("child"));
  else if (kind == "ended")
    to.engine_ended(at, text("reason"), text("explanation"));
  return kind == "ended";
}

} // namespace

transcript_poller::transcript_poller(transcript_source source,
                                     call_reporter& reporter)
  : source_(std::move(source)), reporter_(reporter),
    thread_([this] { run(); }) {}

transcript_poller::~transcript_poller() {
  finish(0ms);
}

void transcript_poller::finish(std::chrono::milliseconds patience) {
  {
    std::unique_lock guard{mutex_};
    changed_.wait_for(guard, patience, [this] { return done_; });
    stop_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable())
    thread_.join();
}

void transcript_poller::run() {
  std::unique_lock guard{mutex_};
  while (!stop_ && !done_) {
    guard.unlock();
    auto go_on = poll();
    guard.lock();
    done_ = done_ || !go_on;
    changed_.notify_all();
    changed_.wait_for(guard, poll_interval, [this] { return stop_ || done_; });
  }
}

bool transcript_poller::poll() {
  http_request request;
  request.url
    = fmt::format("{}/api/v1/calls/{}/events?after={}", source_.engine,
                  percent_encode(source_.call_id), after_);
  request.headers = {{"Authorization", "Bearer " + source_.admin_key}};
  request.timeout = request_timeout;
  request.insecure = source_.insecure;
  http_response answer;
  try {
    answer = fetch(request);
  } catch (const unreachable&) {
    return true; // the call itself will tell, or the next poll succeeds
  }
  if (answer.status == 404 && ++refusals_ < not_found_limit)
    return true;
  if (answer.status >= 400 && answer.status < 500) {
    reporter_.notice(
      now(), fmt::format("no transcript: the API answered {}; "
                         "--admin-key or --data-dir of the engine opens it",
                         answer.status));
    return false;
  }
  if (answer.status != 200)
    return true;
  refusals_ = 0;
  report(answer.body);
  std::lock_guard guard{mutex_};
  return !done_;
}

void transcript_poller::report(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return;
  const auto* events = json_member(document, "events");
  if (!events || !events->IsArray())
    return;
  for (const auto& event : events->GetArray()) {
    auto sequence = json_integer(event, "sequence").value_or(0);
    // Asked twice (a time-out, say), an event is still reported once.
    if (sequence <= after_)
      continue;
    after_ = sequence;
    call_time at{json_integer(event, "at").value_or(source_.began_at)
                 - source_.began_at};
    if (report_event(event, std::max(at, call_time{0}), reporter_)) {
      std::lock_guard guard{mutex_};
      done_ = true;
    }
  }
}

call_time transcript_poller::now() const {
  auto unix_now = std::chrono::duration_cast<call_time>(
    std::chrono::system_clock::now().time_since_epoch());
  return unix_now - call_time{source_.began_at};
}

} // namespace velox::cli

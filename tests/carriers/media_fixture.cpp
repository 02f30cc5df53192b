#include "tests/carriers/media_fixture.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <future>
#include <utility>

using namespace velox;
using namespace std::chrono_literals;

namespace {

constexpr auto secret = "a secret of this test";
constexpr int64_t unix_now = 1'800'000'000'000;

/// Hears a voice in every byte that is not silence (0xff).
class fake_detector final : public voice_detector {
public:
  template <class T>
  fake_detector(std::shared_ptr<T> told)
    : far_([told](std::size_t n) {
        std::lock_guard guard(told->mutex);
        told->far_end += n;
      }),
      cleared_([told] {
        std::lock_guard guard(told->mutex);
        ++told->cleared;
      }),
      sensitivity_([told](double x) {
        std::lock_guard guard(told->mutex);
        told->sensitivity = x;
      }) {}

  voice_change near_end(std::span<const uint8_t> mulaw) override {
    auto result = voice_change::none;
    for (auto x : mulaw)
      if ((x != 0xff) != voice_) {
        voice_ = !voice_;
        result = voice_ ? voice_change::started : voice_change::stopped;
      }
    return result;
  }

  void far_end(std::span<const uint8_t> mulaw) override { far_(mulaw.size()); }
  void far_end_cleared() override { cleared_(); }
  void set_sensitivity(double x) override { sensitivity_(x); }

private:
  bool voice_ = false;
  std::function<void(std::size_t)> far_;
  std::function<void()> cleared_;
  std::function<void(double)> sensitivity_;
};

/// Hears a key in each byte that is one of 0-9, and a beep in each 'b'.
class fake_tones final : public tone_detector {
public:
  void near_end(std::span<const uint8_t> mulaw,
                std::vector<tone_event>& heard) override {
    for (auto x : mulaw) {
      if (x >= '0' && x <= '9')
        heard.emplace_back(key_pressed{static_cast<char>(x)});
      if (x == 'b')
        heard.emplace_back(tone_heard{line_tone::beep});
    }
  }
};

leg_client_actor::behavior_type recorder(std::shared_ptr<leg_log> log) {
  return {
    [log](const caller_audio& x) { log->add_audio(x.mulaw, x.at_ms); },
    [log](voice_started) { log->add("started"); },
    [log](voice_stopped) { log->add("stopped"); },
    [log](const key_pressed& x) { log->add(std::string{"key "} + x.digit); },
    [log](const tone_heard& x) {
      log->add(x.what == line_tone::beep ? "beep" : "fax");
    },
    [log](const mark_reached& x) { log->add("mark " + x.name); },
    [log](caller_hung_up) { log->add("hung-up"); },
    [log](const wire_closed& x) {
      log->add("closed " + std::string{to_text(x.why)} + ": " + x.explanation);
    },
  };
}

} // namespace

// -- the log
// -----------------------------------------------------------------------

void leg_log::add(const std::string& what) {
  std::lock_guard guard(mutex_);
  events_.push_back(what);
  changed_.notify_all();
}

void leg_log::add_audio(const std::vector<uint8_t>& mulaw, int64_t at_ms) {
  std::lock_guard guard(mutex_);
  places_.emplace_back(at_ms, mulaw.size());
  audio_.insert(audio_.end(), mulaw.begin(), mulaw.end());
  events_.push_back("audio " + std::to_string(mulaw.size()));
  changed_.notify_all();
}

std::vector<std::string> leg_log::until(const std::string& last) {
  std::unique_lock guard(mutex_);
  changed_.wait_for(guard, 5s, [&] {
    for (auto& x : events_)
      if (x.starts_with(last))
        return true;
    return false;
  });
  return events_;
}

std::vector<std::string> leg_log::all() {
  std::lock_guard guard(mutex_);
  return events_;
}

std::vector<uint8_t> leg_log::audio() {
  std::lock_guard guard(mutex_);
  return audio_;
}

std::vector<std::pair<int64_t, std::size_t>> leg_log::places() {
  std::lock_guard guard(mutex_);
  return places_;
}

leg_client_actor
spawn_leg_log(caf::actor_system& sys, std::shared_ptr<leg_log> log) {
  return sys.spawn([log](leg_client_actor::pointer) { return recorder(log); });
}

// -- the fixture
// -------------------------------------------------------------------

MediaSocket::config::config() {
  add_message_types<caf::id_block::velox>();
  set("scheduler.max-threads", 2);
}

MediaSocket::MediaSocket() {
  sys.emplace(cfg);
  client_actor = spawn_leg_log(*sys, log);
  server_options.host = "127.0.0.1";
  options.token_secret = secret;
  options.unix_ms_now = [] { return unix_now; };
  options.now = [this] {
    return std::chrono::steady_clock::time_point{} + 1h
           + std::chrono::milliseconds{clock_ms};
  };
}

void MediaSocket::start() {
  http::router routes;
  auto detectors = [this]() -> std::unique_ptr<voice_detector> {
    return std::make_unique<fake_detector>(detector);
  };
  auto on_start
    = [this](carrier_leg_ptr x, const leg_start& start, std::size_t shard) {
        if (report_at_start)
          x->report_to(client_actor);
        std::lock_guard guard(mutex_);
        leg = std::move(x);
        shard_ = shard;
        start_ = start;
        started_.notify_all();
      };
  auto tones = [this](const listening_options& what) {
    std::lock_guard guard(detector->mutex);
    detector->listened.push_back(what);
    return std::make_unique<fake_tones>();
  };
  auto sockets = carriers::twilio::media_socket(options, detectors, on_start,
                                                counts, tones);
  routes.websocket("/media-stream/call/{token}", sockets);
  routes.websocket("/media-stream", sockets);
  server.emplace(server_options, shards.all(), std::move(routes), counts);
}

void MediaSocket::TearDown() {
  drop_leg();
  std::promise<void> gone;
  server->stop(2s, [&] { gone.set_value(); });
  EXPECT_EQ(gone.get_future().wait_for(10s), std::future_status::ready);
  server.reset();
  client_actor = nullptr; // its last handle: a session must not hold another
  sys->await_all_actors_done();
  shards.finish();
  EXPECT_EQ(metric("velox_media_sockets_live"), "0");
  EXPECT_EQ(metric("velox_media_sessions_live"), "0");
  EXPECT_EQ(metric("velox_http_connections"), "0");
  sys.reset();
}

stream_token MediaSocket::good_token() const {
  return {"CA01", "agent-1", "org-1", "nonce-1", unix_now + 1000, false};
}

twilio_start MediaSocket::good_start() const {
  twilio_start x;
  x.account_sid = "AC01";
  x.call_sid = "CA01";
  x.parameters = {{"token", sign_stream_token(good_token(), secret)},
                  {"caller", "+15550001111"},
                  {"called", "+15550002222"}};
  return x;
}

std::unique_ptr<media_client> MediaSocket::call() {
  auto out = std::make_unique<media_client>(server->port());
  out->begin(good_start());
  begun = await_start();
  return out;
}

leg_start MediaSocket::await_start() {
  std::unique_lock guard(mutex_);
  if (!started_.wait_for(guard, 5s, [this] { return start_.has_value(); })) {
    ADD_FAILURE() << "no call has begun";
    return {};
  }
  return *std::exchange(start_, std::nullopt);
}

void MediaSocket::drop_leg() {
  std::lock_guard guard(mutex_);
  leg.reset();
}

std::string MediaSocket::metric(const std::string& name) const {
  auto text = "\n" + counts->text();
  auto at = text.find("\n" + name + " ");
  if (at == std::string::npos)
    return "no such metric";
  at += name.size() + 2;
  return text.substr(at, text.find('\n', at) - at);
}

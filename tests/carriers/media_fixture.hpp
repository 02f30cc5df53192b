#pragma once

#include "adapters/carriers/twilio/media_socket.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "protocol/ports.hpp"
#include "protocol/stream_token.hpp"
#include "tests/carriers/media_client.hpp"
#include "tests/support/shards.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// What a leg reported, in words: "audio 800", "started", "stopped", "key 5",
/// "mark m", "hung-up", "closed wire-lost: ...". Any thread.
class leg_log {
public:
  void add(const std::string& what);
  void add_audio(const std::vector<uint8_t>& mulaw, int64_t at_ms);

  /// All there is once something that begins with `last` is there; after five
  /// seconds, what there is then.
  std::vector<std::string> until(const std::string& last);

  std::vector<std::string> all();
  std::vector<uint8_t> audio();

  /// Of each stretch of audio: when it was heard and how many bytes it has.
  std::vector<std::pair<int64_t, std::size_t>> places();

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> events_;
  std::vector<uint8_t> audio_;
  std::vector<std::pair<int64_t, std::size_t>> places_;
};

/// A stream actor that writes everything down.
velox::leg_client_actor
spawn_leg_log(caf::actor_system& sys, std::shared_ptr<leg_log> log);

/// A media socket on a real server. Every test must leave nothing behind.
class MediaSocket : public testing::Test {
protected:
  struct config : caf::actor_system_config {
    config();
  };

  /// What the voice detectors were told.
  struct detected {
    std::mutex mutex;
    std::size_t far_end = 0;
    std::size_t cleared = 0;
    double sensitivity = -1;
    std::vector<velox::listening_options> listened; ///< by tone detectors made
  };

  MediaSocket();
  void TearDown() override;

  void start();

  /// A `start` with a good token.
  velox::twilio_start good_start() const;
  velox::stream_token good_token() const;

  /// A connected client whose call has begun.
  std::unique_ptr<media_client> call();

  /// Waits until one more call has begun.
  velox::leg_start await_start();

  /// Runs `f` with the leg on its shard.
  template <class F>
  void on_leg(F f) {
    shards.run(shard_, [&] {
      f(*leg);
      return 0;
    });
  }

  /// Ends the leg as a call does that is over.
  void drop_leg();

  std::string metric(const std::string& name) const;

  config cfg;
  test_shards shards;
  std::optional<caf::actor_system> sys;
  std::shared_ptr<leg_log> log = std::make_shared<leg_log>();
  velox::leg_client_actor client_actor;
  std::shared_ptr<velox::http::metrics> counts
    = std::make_shared<velox::http::metrics>();
  velox::http::server_options server_options;
  velox::carriers::twilio::media_options options;
  std::optional<velox::http::server> server;
  std::shared_ptr<detected> detector = std::make_shared<detected>();
  std::atomic<int64_t> clock_ms = 0;
  bool report_at_start = true;
  velox::carrier_leg_ptr leg;
  velox::leg_start begun; ///< the call of `call()`

private:
  std::mutex mutex_;
  std::condition_variable started_;
  std::optional<velox::leg_start> start_;
  std::size_t shard_ = 0;
};

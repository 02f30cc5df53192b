#pragma once

#include "adapters/cli/call_reporter.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace velox::cli {

/// Where the call log of a call is read.
struct transcript_source {
  std::string engine; ///< http://host:port
  std::string admin_key;
  std::string call_id;
  bool insecure = false;
  /// When the call began, in ms since 1970: the log's times count from there.
  int64_t began_at = 0;
};

/// Follows the engine's log of a call (`GET /api/v1/calls/{id}/events`) on a
/// thread of its own and reports what both sides said. An API that refuses is
/// said once, and asked no more.
class transcript_poller {
public:
  /// Starts to follow; `reporter` must outlive this object.
  transcript_poller(transcript_source source, call_reporter& reporter);

  /// Stops at once.
  ~transcript_poller();

  transcript_poller(const transcript_poller&) = delete;
  transcript_poller& operator=(const transcript_poller&) = delete;

  /// Waits until the log says that the call ended, at most `patience`, and
  /// stops.
  void finish(std::chrono::milliseconds patience);

private:
  void run();
  /// One request; false when it makes no sense to go on.
  bool poll();
  void report(std::string_view body);
  call_time now() const;

  const transcript_source source_;
  call_reporter& reporter_;
  int64_t after_ = 0; ///< sequence of the last event seen
  int refusals_ = 0;  ///< answers "not found" so far
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  bool done_ = false;
  std::thread thread_;
};

} // namespace velox::cli

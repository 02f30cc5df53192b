#pragma once

#include <caf/fwd.hpp>
#include <caf/timespan.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <typeinfo>

/// Finds the handler that does not come back: `home::held_up` is told of those
/// that came back late, the watchdog of those that may never.

namespace velox::actors {

/// What one thread is busy with; written by it, read by the watchdog.
struct work_slot {
  std::atomic<int64_t> since_ns = 0; ///< steady clock; 0: idle
  std::atomic<const char*> actor = "";
  std::atomic<uint16_t> type = 0; ///< of the message, by CAF's number
  std::atomic<const std::type_info*> info = nullptr;
};

/// The calling thread is in a handler while this lives.
class busy_mark {
public:
  /// `actor` must live for ever (a literal).
  busy_mark(const char* actor, const caf::mailbox_element& x);
  ~busy_mark();

  busy_mark(const busy_mark&) = delete;
  busy_mark& operator=(const busy_mark&) = delete;

private:
  work_slot& slot_;
};

/// A handler that has held its thread for too long, and still does.
struct long_hold {
  std::string actor;
  std::string message; ///< its type
  std::chrono::milliseconds span{0};
};

/// Looks at all threads that run actors, from a thread of its own, and reports
/// every hold over `limit` once. The report comes on that thread.
class watchdog {
public:
  using report_function = std::function<void(const long_hold&)>;

  watchdog(caf::actor_system& sys, report_function report,
           std::chrono::milliseconds limit = std::chrono::milliseconds{50});
  ~watchdog();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace velox::actors

#pragma once

#include "persistence/database.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

namespace velox::persistence {

/// Somebody else changed a row between our reading and our writing. The work is
/// rolled back and done again.
class lost_race : public std::runtime_error {
public:
  explicit lost_race(const std::string& how
                     = "others kept changing the same rows")
    : std::runtime_error(how) {}
};

/// Runs `work`, one transaction, again when it lost a race, or when the engine
/// asks for that (failure::busy: a lock, a deadlock, a serialisation failure).
/// Pauses in between, at random so that rivals part. Gives up after `attempts`,
/// or `patience`, with the last failure.
template <class F>
auto with_retries(F work, unsigned attempts = 30,
                  std::chrono::milliseconds patience
                  = std::chrono::milliseconds{5000}) -> decltype(work()) {
  using clock = std::chrono::steady_clock;
  thread_local std::minstd_rand random{std::random_device{}()};
  auto until = clock::now() + patience;
  for (unsigned attempt = 1;; ++attempt) {
    auto last = attempt >= attempts || clock::now() >= until;
    try {
      return work();
    } catch (const lost_race&) {
      if (last)
        throw database_error{failure::busy, "others kept changing the same "
                                            "rows; try again"};
    } catch (const database_error& e) {
      if (last || e.why() != failure::busy)
        throw;
    }
    auto most = std::min(50'000u, 500u << std::min(attempt, 7u));
    std::this_thread::sleep_for(
      std::chrono::microseconds{random() % most + 100});
  }
}

} // namespace velox::persistence

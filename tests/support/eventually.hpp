#pragma once

#include <chrono>
#include <thread>

namespace velox::test {

/// Waits until `holds()`, at most `limit`; false when it never did. For what
/// happens on another thread, behind a socket or in another process, where
/// nothing can be waited on. Actors are tested in virtual time instead.
template <class Condition>
bool eventually(Condition holds,
                std::chrono::milliseconds limit = std::chrono::seconds{20}) {
  auto until = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

} // namespace velox::test

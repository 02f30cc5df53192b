#pragma once

#include "adapters/cli/rehearsal/virtual_world.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace velox::test {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Virtual time is part of the program: `velox test` runs calls in it.
using rehearsal::virtual_world;

/// The fixture of all actor tests: the test itself is an actor that poses as
/// any neighbour of the one under test, and nothing may outlive the test.
class actor_test : public ::testing::Test {
protected:
  void settle() { world.settle(); }
  void advance(caf::timespan span) { world.advance(span); }

  /// The next message of type `T` sent to the test itself, if there is one.
  template <class T>
  std::optional<T> next() {
    settle();
    std::optional<T> result;
    self->receive([&](const T& x) { result = x; },
                  caf::after(std::chrono::seconds{0}) >> [] {});
    return result;
  }

  /// All messages of type `T` sent to the test so far.
  template <class T>
  std::vector<T> all() {
    std::vector<T> result;
    while (auto x = next<T>())
      result.push_back(std::move(*x));
    return result;
  }

  /// The test itself, posing as any neighbour of the actor under test.
  template <class Handle>
  Handle as() {
    return caf::actor_cast<Handle>(self);
  }

  /// Sends `x` to `hdl` from nobody in particular and lets it be handled.
  template <class Handle, class T>
  void tell(const Handle& hdl, T x) {
    caf::anon_send(hdl, std::move(x));
    settle();
  }

  /// Asks `hdl` and lets it answer: the answer, or the error.
  template <class Answer, class Handle, class... Ts>
  caf::expected<Answer> ask(const Handle& hdl, Ts&&... xs) {
    caf::expected<Answer> result{caf::sec::request_timeout};
    auto request = self->request(hdl, caf::infinite, std::forward<Ts>(xs)...);
    settle();
    request.receive([&](Answer& x) { result = std::move(x); },
                    [&](caf::error& why) { result = std::move(why); });
    return result;
  }

  /// Remembers `hdl` so that the actor is ended with the test.
  template <class Handle>
  Handle keep(Handle hdl) {
    kept.push_back(caf::actor_cast<caf::actor>(hdl));
    settle();
    return hdl;
  }

  /// How many actors are alive, not counting the test itself.
  size_t alive() { return world.sys.registry().running() - 1; }

  /// Ends what the test kept, and insists that nothing outlives it.
  void TearDown() override {
    for (auto& hdl : kept)
      caf::anon_send_exit(hdl, caf::exit_reason::user_shutdown);
    settle();
    EXPECT_EQ(alive(), 0u) << "an actor has outlived its test";
  }

  virtual_world world;
  caf::actor_system& sys = world.sys;
  caf::scoped_actor self{sys, true};
  std::vector<caf::actor> kept;
};

} // namespace velox::test

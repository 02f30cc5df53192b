#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/behavior.hpp>
#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>
#include <caf/timespan.hpp>

#include <functional>
#include <utility>

namespace velox::http {

/// Sends a request to `hdl` from a thread that is no actor and must not block.
/// Exactly one of `on_result` (with the result) and `on_error` (with a
/// `caf::error`: the receiver's, its death, or the time-out) is called, on a
/// thread of CAF.
template <class Handle, class OnResult, class OnError, class... Ts>
void ask(caf::actor_system& sys, const Handle& hdl, caf::timespan timeout,
         OnResult on_result, OnError on_error, Ts... xs) {
  if (!hdl) {
    on_error(caf::make_error(caf::sec::invalid_argument, "no such actor"));
    return;
  }
  auto once = [=, ... xs = std::move(xs)](caf::event_based_actor* self) {
    // CAF ends an actor without handles even while it waits for a response;
    // both handlers are kept, and dropped, together.
    auto keep = caf::actor_cast<caf::actor>(self);
    self->request(hdl, timeout, xs...)
      .then(on_result,
            [keep, on_error](const caf::error& err) { on_error(err); });
  };
  sys.spawn<caf::hidden>(std::move(once));
}

/// Calls `f` once after `wait`, on a thread of CAF.
template <class F>
void later(caf::actor_system& sys, caf::timespan wait, F f) {
  sys.spawn<caf::hidden>([wait, f](caf::event_based_actor* self) {
    self->delayed_send(self, wait, caf::tick_atom_v);
    return caf::behavior{[self, f](caf::tick_atom) {
      f();
      self->quit(); // linked to nobody
    }};
  });
}

} // namespace velox::http

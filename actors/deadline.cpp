#include "actors/deadline.hpp"

#include "config/log.hpp"

namespace velox::actors {

namespace {

enum timer : uint64_t { time_is_up, grace_is_over };

/// RFC 6455, 7.4.1: the endpoint is going away.
constexpr uint16_t going_away = 1001;

} // namespace

deadline_actor::behavior_type
deadline(deadline_pointer self, const time_is_up_actor& call,
         carrier_leg_ptr leg, caf::timespan limit, caf::timespan grace) {
  self->state.call = call;
  self->state.leg = std::move(leg);
  self->now_doing("watching");
  wake(self, limit, time_is_up);
  return {
    [self, grace](caf::timeout_atom, uint64_t number) {
      auto& state = self->state;
      if (number == time_is_up) {
        self->now_doing("reporting");
        self->send(state.call, deadline_reached{});
        wake(self, grace, grace_is_over);
        return;
      }
      config::log().error("A call did not end by itself at its deadline and "
                          "was killed. actor={}",
                          state.call.id());
      state.leg->close(going_away, "maximum duration");
      self->send_exit(state.call, caf::exit_reason::kill);
    },
  };
}

} // namespace velox::actors

#include "actors/deadline.hpp"

#include "config/log.hpp"

namespace velox::actors {

namespace {

enum timer : uint64_t { time_is_up, grace_is_over, almost_over };

/// RFC 6455, 7.4.1: the endpoint is going away.
constexpr uint16_t going_away = 1001;

void hang_up(const deadline_options& x) {
  x.leg->close(going_away, "maximum duration");
  if (x.control)
    x.control->complete_call(x.call_id, [](const std::string& problem) {
      if (!problem.empty())
        config::log().error("The carrier did not hang up. what={}",
                            config::field(problem));
    });
}

} // namespace

deadline_actor::behavior_type
deadline(deadline_pointer self, const time_is_up_actor& call,
         deadline_options options) {
  self->state.call = call;
  self->state.options = std::move(options);
  self->now_doing("watching");
  auto& options_kept = self->state.options;
  wake(self, options_kept.limit, time_is_up);
  if (auto before = options_kept.warn_before;
      before > caf::timespan{0} && before < options_kept.limit)
    wake(self, options_kept.limit - before, almost_over);
  return {
    [self](caf::timeout_atom, uint64_t number) {
      auto& state = self->state;
      if (number == almost_over) {
        auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          state.options.warn_before);
        self->send(state.call, deadline_near{left.count()});
        return;
      }
      if (number == time_is_up) {
        self->now_doing("reporting");
        self->send(state.call, deadline_reached{});
        wake(self, state.options.grace, grace_is_over);
        return;
      }
      config::log().error("A call did not end by itself at its deadline and "
                          "was killed. actor={}",
                          state.call.id());
      hang_up(state.options);
      self->send_exit(state.call, caf::exit_reason::kill);
    },
  };
}

} // namespace velox::actors

#pragma once

#include "actors/pinned.hpp"
#include "protocol/ports.hpp"

namespace velox::actors {

/// Hears that the call has lasted long enough.
using time_is_up_actor = caf::typed_actor<caf::reacts_to<deadline_near>,
                                          caf::reacts_to<deadline_reached>>;

struct deadline_options {
  std::string call_id;
  carrier_leg_ptr leg;
  /// Hangs up beside the leg; null: the leg is all there is.
  std::shared_ptr<carrier_control> control{};
  caf::timespan limit = std::chrono::hours{1};
  caf::timespan grace = std::chrono::seconds{30};
  /// How long before `limit` the call is warned; 0, or no less than `limit`:
  /// never.
  caf::timespan warn_before{0};
};

struct deadline_state {
  static inline const char* name = "deadline";

  deadline_state() = default; // no aggregate, or CAF fills it with `self`

  time_is_up_actor call;
  deadline_options options;
};

using deadline_pointer = pinned_pointer<deadline_actor, deadline_state>;

/// Warns a call that its time is almost over, and ends it after `limit`: asks
/// `call` to say goodbye, and when it is still there after `grace`, closes the
/// carrier's leg itself, has the carrier hang up, and kills the call. It
/// depends on no message from the media path.
deadline_actor::behavior_type
deadline(deadline_pointer self, const time_is_up_actor& call,
         deadline_options options);

} // namespace velox::actors

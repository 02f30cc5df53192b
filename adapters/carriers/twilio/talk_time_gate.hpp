#pragma once

#include "protocol/interfaces.hpp"
#include "protocol/stream_token.hpp"

#include <caf/actor_system.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <functional>

namespace velox::carriers::twilio {

/// Whether a call that wants to open its media socket can be paid for.
enum class talk_verdict : uint8_t {
  granted,
  out_of_credit,
  unavailable, ///< the ledger does not answer
};

/// Sets talk time aside before a media socket opens. Empty functions: nobody is
/// asked, and the call itself reserves when it starts.
struct talk_time_gate {
  /// Calls `done` once, on any thread.
  std::function<void(const stream_token& call,
                     std::function<void(talk_verdict)> done)>
    reserve{};
  /// The socket has never started after all.
  std::function<void(const stream_token& call)> release{};
};

/// The gate that asks `ledger`, for `patience` at most.
talk_time_gate
ask_ledger(caf::actor_system& system, ledger_actor ledger,
           caf::timespan patience, std::function<unix_ms()> time_of_day);

} // namespace velox::carriers::twilio

#pragma once

#include "actors/pinned.hpp"
#include "actors/talk_meter.hpp"
#include "protocol/interfaces.hpp"

#include <caf/typed_response_promise.hpp>

#include <map>
#include <optional>

namespace velox::actors {

/// Hears that there is nothing left to talk on.
using out_of_credit_actor = caf::typed_actor<caf::reacts_to<credit_exhausted>>;

struct billing_options {
  std::string call_id;
  std::string org_id;
  /// When the caller was connected: a restarted ticker counts from there.
  talk_meter::time_point connected_at;
  caf::timespan tick = std::chrono::seconds{30};
  /// What the ledger calls the first tick: those of a resumed call are behind
  /// those of its past.
  uint64_t first_tick = 0;
};

struct billing_ticker_state {
  static inline const char* name = "billing-ticker";

  billing_ticker_state() = default; // no aggregate, or CAF fills it with `self`

  billing_options options;
  out_of_credit_actor call;
  ledger_actor ledger;
  uint64_t next = 0; ///< the first tick that is not over yet
  /// Ticks that the ledger has not confirmed, with their seconds.
  std::map<uint64_t, int64_t> owed;
  int64_t booked = 0;    ///< seconds that it has
  bool over = false;     ///< the call is: no tick follows
  size_t unanswered = 0; ///< charges under way
  int retries = 2;       ///< how often the last charges are tried again
  std::optional<caf::typed_response_promise<int64_t>> closing;
};

using billing_ticker_pointer
  = pinned_pointer<billing_ticker_actor, billing_ticker_state>;

/// Charges the organisation for every tick of the call once it is over, and for
/// the rest when the call ends.
billing_ticker_actor::behavior_type
billing_ticker(billing_ticker_pointer self, const out_of_credit_actor& call,
               const ledger_actor& ledger, const billing_options& options);

} // namespace velox::actors

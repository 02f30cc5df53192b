#pragma once

#include "actors/pinned.hpp"
#include "actors/talk_meter.hpp"
#include "protocol/interfaces.hpp"

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <optional>

namespace velox::actors {

/// Hears that there is nothing left to talk on, or that nobody can say whether
/// there is.
using out_of_credit_actor = caf::typed_actor<caf::reacts_to<credit_exhausted>,
                                             caf::reacts_to<end_call>>;

struct billing_options {
  std::string call_id;
  std::string org_id;
  /// When the caller was connected: a restarted ticker counts from there.
  talk_meter::time_point connected_at;
  unix_ms started_at = 0; ///< the same by the time of day
  caf::timespan tick = std::chrono::seconds{30};
  /// What the ledger calls the first tick: those of a resumed call are behind
  /// those of its past.
  uint64_t first_tick = 0;
  talk_time hold{}; ///< as the call reserved it
  /// What the goodbye may take: so long before the end of what is covered the
  /// call hears of it.
  caf::timespan notice = std::chrono::seconds{9};
  /// How long a call goes on though the ledger does not answer.
  caf::timespan ledger_patience = std::chrono::minutes{10};
};

struct billing_ticker_state {
  static inline const char* name = "billing-ticker";

  billing_ticker_state() = default; // no aggregate, or CAF fills it with `self`

  /// A tick that the ledger has not confirmed.
  struct piece {
    uint64_t tick = 0;
    int64_t seconds = 0;
  };

  billing_options options;
  out_of_credit_actor call;
  ledger_actor ledger;
  uint64_t next = 0;      ///< the first tick that is not over yet
  std::deque<piece> owed; ///< oldest first; they are sent one after another
  bool asking = false;    ///< the ledger has been sent the first of them
  uint64_t waits = 0;     ///< numbers timers: only the latest notice counts
  std::optional<talk_meter::time_point> away_since; ///< the ledger is
  talk_meter::time_point covered_until;
  int64_t credit = 0; ///< what could be added, as the ledger last said
  int64_t billed = 0; ///< the whole call, as the ledger last said
  bool told = false;  ///< the call was told to end
  bool over = false;  ///< the call is: no tick follows
  int64_t rest = 0;   ///< of talk behind the last complete tick
  talk_meter::time_point ended_at;
  int retries = 2; ///< how often the settlement is tried again
  std::optional<caf::typed_response_promise<int64_t>> closing;
};

using billing_ticker_pointer
  = pinned_pointer<billing_ticker_actor, billing_ticker_state>;

/// Charges every tick of the call once it is over, and settles the call when it
/// ends. A ledger that does not answer is owed the ticks, and gets them in
/// order when it is back; the call goes on meanwhile, for `ledger_patience`.
billing_ticker_actor::behavior_type
billing_ticker(billing_ticker_pointer self, const out_of_credit_actor& call,
               const ledger_actor& ledger, const billing_options& options);

} // namespace velox::actors

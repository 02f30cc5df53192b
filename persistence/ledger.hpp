#pragma once

#include "persistence/database.hpp"
#include "protocol/billing.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace velox::persistence {

struct call_reservation;
class ledger_rows;

/// How much talk time a call holds ahead.
struct ledger_options {
  int64_t reservation_seconds = 300;
};

/// Talk time of organisations as an append-only double-entry ledger; docs/
/// money.md tells the accounts. Each method is one transaction (a save point
/// inside the caller's) and writes one entry at most, under a key: asking again
/// with the same key changes nothing and is answered with what is true now.
/// Races that were lost, deadlocks and locks are tried again, for 5 s at most.
///
/// All throw database_error, and not_found for an unknown organisation, or for
/// a call that the organisation has not reserved anything for. `at` is when it
/// happened; it is stored and orders the legs of a call.
class ledger {
public:
  explicit ledger(connection& db, ledger_options options = {})
    : db_(db), options_(options) {}

  /// `seconds` (>= 0) were bought or given. What is owed is paid first.
  talk_credit grant(std::string_view org_id, int64_t seconds,
                    std::string_view key, std::string_view note, unix_ms at);

  /// `seconds` (>= 0) are taken back, after a refund. What is used already
  /// becomes debt.
  talk_credit withdraw(std::string_view org_id, int64_t seconds,
                       std::string_view key, std::string_view note, unix_ms at);

  /// Holds talk time for a call whose media socket wants to open. None: the
  /// organisation has no credit, owes, or is deleted. A call that holds
  /// something is told how much; nothing changes.
  std::optional<talk_time>
  reserve(std::string_view org_id, std::string_view call_id, unix_ms at,
          std::string_view leg = "");

  /// The same for a call whose caller is on the line since `at`. Of a former
  /// leg that nobody settled, the talk is taken from the call log.
  std::optional<talk_time>
  connect(std::string_view org_id, std::string_view call_id, unix_ms at,
          std::string_view leg);

  /// The `tick`-th piece of talk. The hold is filled up again as far as the
  /// credit goes; what nothing covers is owed. Pieces of a leg that was settled
  /// already change nothing.
  talk_time charge(std::string_view org_id, std::string_view call_id,
                   uint64_t tick, int64_t seconds, unix_ms at);

  /// The last piece of talk and the plan's rounding; the rest of the hold goes
  /// back.
  call_bill settle(std::string_view org_id, std::string_view call_id,
                   uint64_t tick, int64_t seconds, unix_ms at);

  /// The media socket `leg` never started. Returns whether anything was given
  /// back.
  bool release(std::string_view org_id, std::string_view call_id,
               std::string_view leg, unix_ms at);

  /// Nobody carries the call any more: settles it with the talk that its log
  /// proves (from the leg's start to the last event or tick). Returns whether
  /// it was open. For recovery, which knows no organisation.
  bool settle_from_log(std::string_view call_id, unix_ms now);

  talk_credit find(std::string_view org_id);

private:
  enum class moment { ringing, connected };

  std::optional<talk_time>
  begin(std::string_view org_id, std::string_view call_id, unix_ms at,
        std::string_view leg, moment when);
  std::optional<talk_time>
  open_leg(const std::optional<call_reservation>& old, call_reservation fresh);
  call_reservation owned(std::string_view org_id, std::string_view call_id);
  void close(const call_reservation& old, std::string key, uint64_t tick,
             int64_t seconds, unix_ms at, std::string_view note);
  void close_by_log(const call_reservation& old, unix_ms at);
  talk_time time_of(const call_reservation& x);

  connection& db_;
  ledger_options options_;
};

} // namespace velox::persistence

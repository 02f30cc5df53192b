#pragma once

#include "persistence/database.hpp"
#include "protocol/billing.hpp"
#include "protocol/talk_accounts.hpp"

#include <optional>
#include <string>
#include <string_view>

/// INTERNAL to ledger.cpp: its rows, read and written. Who writes checks that
/// the row is still what was read, and throws lost_race when it is not.

namespace velox::persistence {

/// The organisation's row as far as it is about talk time.
struct organisation_account {
  talk_accounts has;
  billing_rule rule; ///< of its plan
  bool deleted = false;
  int64_t low_mark = 0;      ///< below it, the organisation is told so
  bool low_was_told = false; ///< ... once
};

/// One row of call_reservations.
struct call_reservation {
  std::string call_id;
  std::string org_id;
  bool open = false;
  std::string leg;
  unix_ms leg_started_at = 0; ///< 0: its caller is not on the line yet
  int64_t leg_base = 0;       ///< talked before this leg
  unix_ms opened_at = 0;      ///< this leg was
  call_account account;
};

/// What is written into ledger_entries.
struct entry_head {
  std::string_view org_id;
  std::string key;
  std::string_view kind;
  std::string_view call_id{};
  uint64_t tick = 0;
  unix_ms at = 0;
  std::string_view note{};
};

/// What an entry does to the call that it is about.
struct call_change {
  const call_reservation* from = nullptr; ///< null: `to` is new
  const call_reservation* to = nullptr;   ///< null: it is about no call
};

class ledger_rows final {
public:
  explicit ledger_rows(connection& db) : db_(db) {}

  /// Throws not_found. `alone`: nobody else may change it before the
  /// transaction is over.
  organisation_account
  organisation(std::string_view org_id, bool alone = false);

  std::optional<call_reservation> reservation(std::string_view call_id);

  /// Was an entry with this key made?
  bool knows(std::string_view org_id, std::string_view key);

  /// How many entries of a kind a call has.
  int64_t count(std::string_view org_id, std::string_view call_id,
                std::string_view kind);

  /// When the last tick of a call was booked; 0: none was.
  unix_ms last_tick(std::string_view org_id, std::string_view call_id);

  /// Lets postings name the accounts of an organisation.
  void add_accounts(std::string_view org_id);

  /// Changes a call without booking anything.
  void
  change(const call_reservation& from, const call_reservation& to, unix_ms at);

  /// Adds the entry with its postings, and books them with the call and the
  /// organisation; all together, in one round trip. `org` is what was read.
  /// Returns what the organisation has then. `place` as in `batch::run`.
  talk_accounts book(const entry_head& head, const talk_entry& entry,
                     const organisation_account& org,
                     const call_change& call = {}, std::string_view place = {});

private:
  void add_call(batch& all, const call_reservation& x);
  void change_call(batch& all, const call_reservation& from,
                   const call_reservation& to, unix_ms at);
  void add_entry(batch& all, const entry_head& head, const talk_postings& x);
  void change_organisation(batch& all, const entry_head& head,
                           const talk_entry& entry);
  void
  tell_low_balance(batch& all, const entry_head& head,
                   const organisation_account& org, const talk_accounts& has);
  void run(batch& all, std::string_view place);

  connection& db_;
};

} // namespace velox::persistence

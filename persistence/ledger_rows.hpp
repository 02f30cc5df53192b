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

class ledger_rows {
public:
  explicit ledger_rows(connection& db) : db_(db) {}

  /// Throws not_found.
  organisation_account organisation(std::string_view org_id);

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

  void add(const call_reservation& x);
  void
  change(const call_reservation& from, const call_reservation& to, unix_ms at);

  /// Adds the entry with its postings and books them with the organisation.
  void book(const entry_head& head, const talk_entry& entry);

private:
  int64_t add_entry(const entry_head& head);
  void
  add_postings(int64_t entry, std::string_view org_id, const talk_postings& x);
  void change_organisation(const entry_head& head, const talk_entry& entry);
  void tell_low_balance(const entry_head& head, const talk_accounts& has,
                        int64_t low, int64_t version, bool is_low);

  connection& db_;
};

} // namespace velox::persistence

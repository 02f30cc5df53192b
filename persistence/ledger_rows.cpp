#include "persistence/ledger_rows.hpp"

#include "persistence/outbox.hpp"
#include "persistence/retry.hpp"
#include "protocol/json.hpp"

namespace velox::persistence {

organisation_account ledger_rows::organisation(std::string_view org_id) {
  auto found = db_.query(
    "SELECT o.credit_seconds, o.reserved_seconds, o.owed_seconds, "
    "o.deleted_at, p.minimum_seconds, p.increment_seconds "
    "FROM organisations o LEFT JOIN plans p ON p.id = o.plan WHERE o.id = $1",
    org_id);
  if (!found.next())
    throw not_found{"org_id: no such organisation"};
  organisation_account result;
  result.has = {found.integer(0), found.integer(1), found.integer(2)};
  result.deleted = !found.is_null(3);
  if (!found.is_null(4))
    result.rule = {found.integer(4), found.integer(5)};
  return result;
}

std::optional<call_reservation>
ledger_rows::reservation(std::string_view call_id) {
  auto found = db_.query(
    "SELECT org_id, status, leg, leg_started_at, leg_base_seconds, opened_at, "
    "held_seconds, talked_seconds, billed_seconds, minimum_seconds, "
    "increment_seconds FROM call_reservations WHERE call_id = $1",
    call_id);
  if (!found.next())
    return std::nullopt;
  call_reservation result;
  result.call_id = call_id;
  result.org_id = found.text(0);
  result.open = found.text(1) == "open";
  result.leg = found.text(2);
  result.leg_started_at = found.integer(3);
  result.leg_base = found.integer(4);
  result.opened_at = found.integer(5);
  result.account = {found.integer(6),
                    found.integer(7),
                    found.integer(8),
                    {found.integer(9), found.integer(10)}};
  return result;
}

bool ledger_rows::knows(std::string_view org_id, std::string_view key) {
  return db_
    .query("SELECT 1 FROM ledger_entries WHERE org_id = $1 AND key = $2",
           org_id, key)
    .next();
}

int64_t ledger_rows::count(std::string_view org_id, std::string_view call_id,
                           std::string_view kind) {
  auto found = db_.query(
    "SELECT COUNT(*) FROM ledger_entries "
    "WHERE org_id = $1 AND call_id = $2 AND call_id <> '' AND kind = $3",
    org_id, call_id, kind);
  return found.next() ? found.integer(0) : 0;
}

unix_ms
ledger_rows::last_tick(std::string_view org_id, std::string_view call_id) {
  auto found = db_.query(
    "SELECT MAX(at) FROM ledger_entries "
    "WHERE org_id = $1 AND call_id = $2 AND call_id <> '' AND kind = 'tick'",
    org_id, call_id);
  return found.next() ? found.integer(0) : 0;
}

void ledger_rows::add_accounts(std::string_view org_id) {
  db_.execute("INSERT INTO ledger_accounts (org_id, name) VALUES "
              "($1, 'granted'), ($1, 'available'), ($1, 'reserved'), "
              "($1, 'used'), ($1, 'owed'), ($1, 'withdrawn') "
              "ON CONFLICT (org_id, name) DO NOTHING",
              org_id);
}

void ledger_rows::add(const call_reservation& x) {
  auto& account = x.account;
  auto added = db_.execute(
    "INSERT INTO call_reservations (call_id, org_id, status, leg, "
    "held_seconds, talked_seconds, billed_seconds, leg_started_at, "
    "leg_base_seconds, minimum_seconds, increment_seconds, opened_at) "
    "VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9, $10, $11) "
    "ON CONFLICT (call_id) DO NOTHING",
    x.call_id, x.org_id, x.leg, account.held, account.talked, account.billed,
    x.leg_started_at, x.leg_base, account.rule.minimum, account.rule.increment,
    x.opened_at);
  if (added == 0)
    throw lost_race{};
}

void ledger_rows::change(const call_reservation& from,
                         const call_reservation& to, unix_ms at) {
  auto status = [](bool open) { return open ? "open" : "settled"; };
  auto& account = to.account;
  auto changed = db_.execute(
    "UPDATE call_reservations SET status = $2, leg = $3, held_seconds = $4, "
    "talked_seconds = $5, billed_seconds = $6, leg_started_at = $7, "
    "leg_base_seconds = $8, opened_at = $9, "
    "settled_at = CASE WHEN $2 = 'settled' THEN CAST($10 AS BIGINT) END "
    "WHERE call_id = $1 AND status = $11 AND leg = $12 "
    "AND leg_started_at = $13 AND held_seconds = $14 "
    "AND talked_seconds = $15 AND billed_seconds = $16",
    to.call_id, status(to.open), to.leg, account.held, account.talked,
    account.billed, to.leg_started_at, to.leg_base, to.opened_at, at,
    status(from.open), from.leg, from.leg_started_at, from.account.held,
    from.account.talked, from.account.billed);
  if (changed == 0)
    throw lost_race{};
}

// The organisation's row is shared by all its calls, so it is changed last: its
// lock is held for the shortest time, and always behind all others.
void ledger_rows::book(const entry_head& head, const talk_entry& entry) {
  auto id = add_entry(head);
  add_postings(id, head.org_id, entry.postings);
  change_organisation(head, entry);
}

int64_t ledger_rows::add_entry(const entry_head& head) {
  auto added = db_.query(
    "INSERT INTO ledger_entries (org_id, key, kind, call_id, tick, at, note) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) "
    "ON CONFLICT (org_id, key) DO NOTHING RETURNING id",
    head.org_id, head.key, head.kind, head.call_id, head.tick, head.at,
    head.note);
  if (!added.next()) // in this moment; the next look finds it
    throw lost_race{};
  auto id = added.integer(0);
  while (added.next())
    ;
  return id;
}

void ledger_rows::add_postings(int64_t entry, std::string_view org_id,
                               const talk_postings& x) {
  if (x.sum() != 0)
    throw std::logic_error{"an entry of the ledger does not sum to zero"};
  db_.execute(
    "INSERT INTO ledger_postings (entry_id, account, org_id, seconds) "
    "SELECT CAST($1 AS BIGINT), v.account, CAST($2 AS TEXT), v.seconds FROM ("
    "SELECT 'granted' AS account, CAST($3 AS BIGINT) AS seconds "
    "UNION ALL SELECT 'available', CAST($4 AS BIGINT) "
    "UNION ALL SELECT 'reserved', CAST($5 AS BIGINT) "
    "UNION ALL SELECT 'used', CAST($6 AS BIGINT) "
    "UNION ALL SELECT 'owed', CAST($7 AS BIGINT) "
    "UNION ALL SELECT 'withdrawn', CAST($8 AS BIGINT)) v "
    "WHERE v.seconds <> 0",
    entry, org_id, x.granted, x.available, x.reserved, x.used, x.owed,
    x.withdrawn);
}

void ledger_rows::change_organisation(const entry_head& head,
                                      const talk_entry& entry) {
  auto& add = entry.postings;
  talk_accounts has;
  int64_t low = 0;
  int64_t version = 0;
  bool told = false;
  {
    // The conditions are what keeps two who read the same credit from both
    // taking it.
    auto changed = db_.query(
      "UPDATE organisations SET credit_seconds = credit_seconds + $2, "
      "reserved_seconds = reserved_seconds + $3, "
      "owed_seconds = owed_seconds - $4, version = version + 1 "
      "WHERE id = $1 AND credit_seconds >= $5 AND credit_seconds <= $6 "
      "AND owed_seconds >= $7 AND owed_seconds <= $8 "
      "RETURNING credit_seconds, reserved_seconds, owed_seconds, "
      "low_balance_seconds, low_balance_told, version",
      head.org_id, add.available, add.reserved, add.owed, entry.least_credit,
      entry.most_credit, entry.least_owed, entry.most_owed);
    if (!changed.next())
      throw lost_race{};
    has = {changed.integer(0), changed.integer(1), changed.integer(2)};
    low = changed.integer(3);
    told = changed.boolean(4);
    version = changed.integer(5);
    while (changed.next())
      ;
  }
  bool is_low = has.credit + has.reserved < low;
  if (is_low != told)
    tell_low_balance(head, has, low, version, is_low);
}

/// Once when the balance falls below the mark, and not again before it was
/// above.
void ledger_rows::tell_low_balance(const entry_head& head,
                                   const talk_accounts& has, int64_t low,
                                   int64_t version, bool is_low) {
  db_.execute("UPDATE organisations SET low_balance_told = $2 WHERE id = $1",
              head.org_id, is_low);
  if (!is_low)
    return;
  outbox_event event;
  event.org_id = head.org_id;
  event.event_id = "balance.low:" + std::to_string(version);
  event.kind = "balance.low";
  event.data = json_object{}
                 .add("organisation_id", head.org_id)
                 .add("credit_seconds", has.credit)
                 .add("reserved_seconds", has.reserved)
                 .add("owed_seconds", has.owed)
                 .add("low_balance_seconds", low)
                 .str();
  event.at = head.at;
  outbox{db_}.add(event);
}

} // namespace velox::persistence

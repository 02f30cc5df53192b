#include "persistence/ledger_rows.hpp"

#include "persistence/retry.hpp"
#include "protocol/json.hpp"

namespace velox::persistence {

organisation_account
ledger_rows::organisation(std::string_view org_id, bool alone) {
  if (alone)
    db_.execute("UPDATE organisations SET version = version WHERE id = $1",
                org_id);
  auto found = db_.query(
    "SELECT o.credit_seconds, o.reserved_seconds, o.owed_seconds, "
    "o.deleted_at, p.minimum_seconds, p.increment_seconds, "
    "o.low_balance_seconds, o.low_balance_told "
    "FROM organisations o LEFT JOIN plans p ON p.id = o.plan WHERE o.id = $1",
    org_id);
  if (!found.next())
    throw not_found{"org_id: no such organisation"};
  organisation_account result;
  result.has = {found.integer(0), found.integer(1), found.integer(2)};
  result.deleted = !found.is_null(3);
  if (!found.is_null(4))
    result.rule = {found.integer(4), found.integer(5)};
  result.low_mark = found.integer(6);
  result.low_was_told = found.boolean(7);
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

// -- writing: statements that fail when the row is not what was read
// --------------

void ledger_rows::add_call(batch& all, const call_reservation& x) {
  auto& account = x.account;
  all.add("INSERT INTO call_reservations (call_id, org_id, status, leg, "
          "held_seconds, talked_seconds, billed_seconds, leg_started_at, "
          "leg_base_seconds, minimum_seconds, increment_seconds, opened_at) "
          "VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9, $10, $11)",
          x.call_id, x.org_id, x.leg, account.held, account.talked,
          account.billed, x.leg_started_at, x.leg_base, account.rule.minimum,
          account.rule.increment, x.opened_at);
}

// A condition in WHERE would change nothing and go on; in the value it breaks
// the CHECK of the column, and with it all that is sent along.
void ledger_rows::change_call(batch& all, const call_reservation& from,
                              const call_reservation& to, unix_ms at) {
  auto status = [](bool open) { return open ? "open" : "settled"; };
  auto& account = to.account;
  all.add("UPDATE call_reservations SET status = $2, leg = $3, "
          "held_seconds = CASE WHEN status = $11 AND leg = $12 "
          "AND leg_started_at = $13 AND held_seconds = $14 "
          "AND talked_seconds = $15 AND billed_seconds = $16 "
          "THEN CAST($4 AS BIGINT) ELSE -1 END, "
          "talked_seconds = $5, billed_seconds = $6, leg_started_at = $7, "
          "leg_base_seconds = $8, opened_at = $9, "
          "settled_at = CASE WHEN $2 = 'settled' THEN CAST($10 AS BIGINT) END "
          "WHERE call_id = $1",
          to.call_id, status(to.open), to.leg, account.held, account.talked,
          account.billed, to.leg_started_at, to.leg_base, to.opened_at, at,
          status(from.open), from.leg, from.leg_started_at, from.account.held,
          from.account.talked, from.account.billed);
}

void ledger_rows::add_entry(batch& all, const entry_head& head,
                            const talk_postings& x) {
  if (x.sum() != 0)
    throw std::logic_error{"an entry of the ledger does not sum to zero"};
  all.add(
    "INSERT INTO ledger_entries (org_id, key, kind, call_id, tick, at, note) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    head.org_id, head.key, head.kind, head.call_id, head.tick, head.at,
    head.note);
  all.add("INSERT INTO ledger_postings (entry_id, account, org_id, seconds) "
          "SELECT e.id, v.account, e.org_id, v.seconds FROM ("
          "SELECT 'granted' AS account, CAST($3 AS BIGINT) AS seconds "
          "UNION ALL SELECT 'available', CAST($4 AS BIGINT) "
          "UNION ALL SELECT 'reserved', CAST($5 AS BIGINT) "
          "UNION ALL SELECT 'used', CAST($6 AS BIGINT) "
          "UNION ALL SELECT 'owed', CAST($7 AS BIGINT) "
          "UNION ALL SELECT 'withdrawn', CAST($8 AS BIGINT)) v "
          "JOIN ledger_entries e ON e.org_id = $1 AND e.key = $2 "
          "WHERE v.seconds <> 0",
          head.org_id, head.key, x.granted, x.available, x.reserved, x.used,
          x.owed, x.withdrawn);
}

/// The bounds are what keeps two who read the same credit from both taking it.
void ledger_rows::change_organisation(batch& all, const entry_head& head,
                                      const talk_entry& entry) {
  auto& add = entry.postings;
  all.add("UPDATE organisations SET credit_seconds = CASE "
          "WHEN credit_seconds >= $5 AND credit_seconds <= $6 "
          "AND owed_seconds >= $7 AND owed_seconds <= $8 "
          "THEN credit_seconds + $2 ELSE -1 END, "
          "reserved_seconds = reserved_seconds + $3, "
          "owed_seconds = owed_seconds - $4, version = version + 1 "
          "WHERE id = $1",
          head.org_id, add.available, add.reserved, add.owed,
          entry.least_credit, entry.most_credit, entry.least_owed,
          entry.most_owed);
}

/// Once when the balance falls below the mark, and not again before it was
/// above. Whether it did is asked of the row, for others book, too.
void ledger_rows::tell_low_balance(batch& all, const entry_head& head,
                                   const organisation_account& org,
                                   const talk_accounts& has) {
  auto low = has.credit + has.reserved < org.low_mark;
  if (low == org.low_was_told)
    return;
  if (low) {
    auto data = json_object{}
                  .add("organisation_id", head.org_id)
                  .add("credit_seconds", has.credit)
                  .add("reserved_seconds", has.reserved)
                  .add("owed_seconds", has.owed)
                  .add("low_balance_seconds", org.low_mark)
                  .str();
    all.add("INSERT INTO outbox (org_id, event_id, kind, call_id, body, "
            "status, attempts, next_attempt_at, last_problem, created_at) "
            "SELECT $1, $2, 'balance.low', '', $3, 'pending', 0, $4, '', $4 "
            "WHERE EXISTS (SELECT 1 FROM webhook_endpoints "
            "WHERE org_id = $1 AND deleted_at IS NULL "
            "AND disabled_because = '') "
            "AND EXISTS (SELECT 1 FROM organisations WHERE id = $1 "
            "AND NOT low_balance_told "
            "AND credit_seconds + reserved_seconds < low_balance_seconds) "
            "ON CONFLICT (org_id, event_id) DO NOTHING",
            head.org_id, "balance.low:" + head.key, data, head.at);
  }
  all.add("UPDATE organisations SET low_balance_told = "
          "(credit_seconds + reserved_seconds < low_balance_seconds) "
          "WHERE id = $1",
          head.org_id);
}

void ledger_rows::run(batch& all, std::string_view place) {
  try {
    all.run(place);
  } catch (const database_error& e) {
    if (e.why() == failure::constraint)
      throw lost_race{e.what()};
    throw;
  }
}

void ledger_rows::change(const call_reservation& from,
                         const call_reservation& to, unix_ms at) {
  batch all{db_};
  change_call(all, from, to, at);
  run(all, {});
}

// The organisation's row is shared by all its calls, so it is changed last: its
// lock is held for the shortest time, and behind all others.
talk_accounts
ledger_rows::book(const entry_head& head, const talk_entry& entry,
                  const organisation_account& org, const call_change& call,
                  std::string_view place) {
  auto has = after(org.has, entry.postings);
  batch all{db_};
  if (call.to && call.from)
    change_call(all, *call.from, *call.to, head.at);
  else if (call.to)
    add_call(all, *call.to);
  add_entry(all, head, entry.postings);
  change_organisation(all, head, entry);
  tell_low_balance(all, head, org, has);
  run(all, place);
  return has;
}

} // namespace velox::persistence

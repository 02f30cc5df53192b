#include "persistence/ledger_audit.hpp"

namespace velox::persistence::ledger_audit {

namespace {

using findings = std::vector<std::string>;

std::string number(int64_t x) {
  return std::to_string(x);
}

/// Every entry's postings sum to zero.
void check_entries(connection& db, findings& out) {
  auto found = db.query(
    "SELECT e.org_id, e.key, CAST(SUM(p.seconds) AS BIGINT) "
    "FROM ledger_entries e "
    "JOIN ledger_postings p ON p.org_id = e.org_id AND p.entry_id = e.id "
    "GROUP BY e.org_id, e.id, e.key HAVING SUM(p.seconds) <> 0 "
    "ORDER BY e.org_id, e.id");
  while (found.next())
    out.push_back("organisation " + found.text(0) + ": the postings of entry "
                  + found.text(1) + " sum to " + number(found.integer(2))
                  + " and not to 0");
}

/// The organisation's row says what its postings say, and no account has the
/// wrong sign.
void check_accounts(connection& db, findings& out) {
  auto found = db.query(
    "SELECT o.id, o.credit_seconds, o.reserved_seconds, o.owed_seconds, "
    "COALESCE(s.granted, 0), COALESCE(s.available, 0), "
    "COALESCE(s.reserved, 0), COALESCE(s.used, 0), COALESCE(s.owed, 0), "
    "COALESCE(s.withdrawn, 0) FROM organisations o LEFT JOIN (SELECT org_id, "
    "CAST(SUM(CASE account WHEN 'granted' THEN seconds ELSE 0 END) AS BIGINT) "
    "AS granted, "
    "CAST(SUM(CASE account WHEN 'available' THEN seconds ELSE 0 END) AS "
    "BIGINT) AS available, "
    "CAST(SUM(CASE account WHEN 'reserved' THEN seconds ELSE 0 END) AS BIGINT) "
    "AS reserved, "
    "CAST(SUM(CASE account WHEN 'used' THEN seconds ELSE 0 END) AS BIGINT) "
    "AS used, "
    "CAST(SUM(CASE account WHEN 'owed' THEN seconds ELSE 0 END) AS BIGINT) "
    "AS owed, "
    "CAST(SUM(CASE account WHEN 'withdrawn' THEN seconds ELSE 0 END) AS "
    "BIGINT) AS withdrawn "
    "FROM ledger_postings GROUP BY org_id) s ON s.org_id = o.id "
    "ORDER BY o.id");
  while (found.next()) {
    auto org = "organisation " + found.text(0) + ": ";
    auto compare = [&](const char* what, int64_t row, int64_t postings) {
      if (row != postings)
        out.push_back(org + what + " is " + number(row) + " s in its row and "
                      + number(postings) + " s in the ledger");
    };
    compare("credit", found.integer(1), found.integer(5));
    compare("reserved", found.integer(2), found.integer(6));
    compare("owed", found.integer(3), -found.integer(8));
    auto sign = [&](const char* account, int64_t value, bool right) {
      if (!right)
        out.push_back(org + "the account " + account + " stands at "
                      + number(value) + " s, on the wrong side");
    };
    sign("granted", found.integer(4), found.integer(4) <= 0);
    sign("available", found.integer(5), found.integer(5) >= 0);
    sign("reserved", found.integer(6), found.integer(6) >= 0);
    sign("used", found.integer(7), found.integer(7) >= 0);
    sign("owed", found.integer(8), found.integer(8) <= 0);
    sign("withdrawn", found.integer(9), found.integer(9) >= 0);
    if (found.integer(1) > 0 && found.integer(3) > 0)
      out.push_back(org + "it has credit and owes at once");
  }
}

/// What open calls hold is what the organisation has reserved.
void check_holds(connection& db, findings& out) {
  auto found = db.query(
    "SELECT o.id, o.reserved_seconds, COALESCE(h.held, 0) "
    "FROM organisations o LEFT JOIN (SELECT org_id, "
    "CAST(SUM(held_seconds) AS BIGINT) AS held FROM call_reservations "
    "WHERE status = 'open' GROUP BY org_id) h ON h.org_id = o.id "
    "WHERE o.reserved_seconds <> COALESCE(h.held, 0) ORDER BY o.id");
  while (found.next())
    out.push_back(
      "organisation " + found.text(0) + ": " + number(found.integer(1))
      + " s are reserved, its calls hold " + number(found.integer(2)) + " s");
}

/// What a call was billed is what its entries have used.
void check_calls(connection& db, findings& out) {
  auto found = db.query(
    "SELECT r.call_id, r.billed_seconds, COALESCE(u.used, 0) "
    "FROM call_reservations r LEFT JOIN (SELECT e.org_id, e.call_id, "
    "CAST(SUM(p.seconds) AS BIGINT) AS used FROM ledger_entries e "
    "JOIN ledger_postings p ON p.org_id = e.org_id AND p.entry_id = e.id "
    "WHERE p.account = 'used' AND e.call_id <> '' "
    "GROUP BY e.org_id, e.call_id) u "
    "ON u.org_id = r.org_id AND u.call_id = r.call_id "
    "WHERE r.billed_seconds <> COALESCE(u.used, 0) ORDER BY r.call_id");
  while (found.next())
    out.push_back("call " + found.text(0) + ": it was billed "
                  + number(found.integer(1)) + " s, its entries used "
                  + number(found.integer(2)) + " s");
}

/// Entries of calls that have no reservation, and bills without their rounding.
void check_reservations(connection& db, findings& out) {
  auto strays = db.query("SELECT e.call_id, MIN(e.key) FROM ledger_entries e "
                         "LEFT JOIN call_reservations r "
                         "ON r.org_id = e.org_id AND r.call_id = e.call_id "
                         "WHERE e.call_id <> '' AND r.call_id IS NULL "
                         "GROUP BY e.call_id ORDER BY e.call_id");
  while (strays.next())
    out.push_back("call " + strays.text(0) + ": entry " + strays.text(1)
                  + " is of a call that never reserved anything");
  auto small = db.query(
    "SELECT call_id, talked_seconds, billed_seconds FROM call_reservations "
    "WHERE billed_seconds < talked_seconds OR (status = 'settled' "
    "AND talked_seconds > 0 AND (billed_seconds < minimum_seconds "
    "OR (billed_seconds > minimum_seconds "
    "AND billed_seconds % increment_seconds <> 0))) ORDER BY call_id");
  while (small.next())
    out.push_back("call " + small.text(0) + ": " + number(small.integer(1))
                  + " s were talked and " + number(small.integer(2))
                  + " s billed, which its plan does not give");
}

/// Whoever has ended is settled, and the two bills agree.
void check_conversations(connection& db, findings& out) {
  auto found
    = db.query("SELECT c.call_id, c.billed_seconds, r.status, r.billed_seconds "
               "FROM conversations c LEFT JOIN call_reservations r "
               "ON r.org_id = c.org_id AND r.call_id = c.call_id "
               "WHERE c.status <> 'ACTIVE' ORDER BY c.call_id");
  while (found.next()) {
    auto call = "call " + found.text(0) + ": ";
    if (found.is_null(2)) {
      if (found.integer(1) != 0)
        out.push_back(call + "its conversation has a bill of "
                      + number(found.integer(1))
                      + " s that the ledger does not know");
    } else if (found.text(2) == "settled"
               && found.integer(1) != found.integer(3)) {
      out.push_back(call + "its conversation has a bill of "
                    + number(found.integer(1)) + " s, the ledger one of "
                    + number(found.integer(3)) + " s");
    }
  }
}

} // namespace

std::vector<std::string> check(connection& db) {
  findings result;
  check_entries(db, result);
  check_accounts(db, result);
  check_holds(db, result);
  check_calls(db, result);
  check_reservations(db, result);
  check_conversations(db, result);
  return result;
}

std::vector<std::string> open_without_live_call(connection& db) {
  findings result;
  auto found = db.query(
    "SELECT r.call_id FROM call_reservations r "
    "LEFT JOIN conversations c ON c.call_id = r.call_id "
    "WHERE r.status = 'open' AND (c.call_id IS NULL OR c.status <> 'ACTIVE') "
    "ORDER BY r.call_id");
  while (found.next())
    result.push_back(found.text(0));
  return result;
}

} // namespace velox::persistence::ledger_audit

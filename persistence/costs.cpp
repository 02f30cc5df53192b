#include "persistence/costs.hpp"

#include "persistence/conversations.hpp"
#include "persistence/storable_text.hpp"

#include <string>

namespace velox::persistence {

namespace {

/// The price of $3, $4 for the product $6 of the vendor $7 at the time $9, in
/// the newest list. The most exact name comes first.
#define VELOX_PRICE(column)                                                    \
  "(SELECT " column " FROM prices WHERE stage = $3 AND unit = $4 "             \
  "AND product IN ($6, $7, '*') AND version = "                                \
  "(SELECT version FROM price_lists WHERE effective_from <= $9 "               \
  "ORDER BY effective_from DESC, version DESC LIMIT 1) "                       \
  "ORDER BY CASE product WHEN $6 THEN 0 WHEN $7 THEN 1 ELSE 2 END LIMIT 1)"

// There is no organisation for an unknown call, and the rule NOT NULL refuses
// the row.
constexpr std::string_view insert_priced
  = "INSERT INTO cost_events (call_id, turn, stage, unit, attempt, org_id, "
    "product, quantity, cost_micro, price_version, at) "
    "VALUES ($1, $2, $3, $4, $5, "
    "(SELECT org_id FROM conversations WHERE call_id = $1), $6, "
    "CAST($8 AS BIGINT), (CAST($8 AS BIGINT) * "
    "COALESCE(" VELOX_PRICE(
      "micro_per_million") ", 0) + 999999) / 1000000, "
                           "COALESCE(" VELOX_PRICE(
                             "version") ", 0), $9) "
                                        "ON CONFLICT (call_id, turn, stage, "
                                        "unit, attempt) DO NOTHING";

#undef VELOX_PRICE

} // namespace

void add_usage(batch& to, const usage_event& x) {
  if (x.quantity < 0)
    throw database_error{failure::constraint,
                         "usage_event.quantity: must not be negative"};
  // "deepgram:nova-3" is priced as such, else as "deepgram", else as "*".
  auto product = storable(x.product);
  auto vendor = std::string_view{product}.substr(0, product.find(':'));
  to.add(insert_priced, x.call_id, x.turn, x.stage, x.unit, x.attempt, product,
         vendor, x.quantity, x.at);
}

void costs::add(const usage_event& x) {
  if (!conversations{db_}.find(x.call_id))
    throw not_found{"no such conversation; open it before its costs"};
  batch one{db_};
  add_usage(one, x);
  one.run();
}

void costs::add_carrier(std::string_view call_id, std::string_view carrier,
                        int64_t talked_seconds, unix_ms at) {
  auto known
    = db_.query("SELECT COUNT(*), COALESCE(SUM(quantity), 0) FROM cost_events "
                "WHERE call_id = $1 AND turn = 0 AND stage = 'carrier'",
                call_id);
  known.next();
  auto count = static_cast<uint64_t>(known.integer(0));
  auto seconds = talked_seconds - known.integer(1);
  while (known.next())
    ; // the statement is run to its end before the next one
  if (seconds > 0)
    add({std::string{call_id}, 0, "carrier", "second", count,
         std::string{carrier}, seconds, at});
}

int64_t costs::total(std::string_view call_id) {
  auto found = db_.query("SELECT COALESCE(SUM(cost_micro), 0) "
                         "FROM cost_events WHERE call_id = $1",
                         call_id);
  found.next();
  return found.integer(0);
}

std::vector<turn_cost>
costs::by_turn(std::string_view org_id, std::string_view call_id) {
  auto found
    = db_.query("SELECT turn, SUM(cost_micro) FROM cost_events "
                "WHERE call_id = $2 AND org_id = $1 GROUP BY turn ORDER BY "
                "turn",
                org_id, call_id);
  std::vector<turn_cost> result;
  while (found.next())
    result.push_back(
      {static_cast<uint64_t>(found.integer(0)), found.integer(1)});
  return result;
}

} // namespace velox::persistence

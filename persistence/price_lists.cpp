#include "persistence/price_lists.hpp"

#include <algorithm>
#include <tuple>

namespace velox::persistence {

namespace {

std::vector<price> sorted(std::vector<price> x) {
  auto key = [](const price& y) {
    return std::tie(y.stage, y.product, y.unit, y.micro_per_million);
  };
  std::sort(x.begin(), x.end(),
            [&](auto& a, auto& b) { return key(a) < key(b); });
  return x;
}

} // namespace

uint64_t price_lists::newest_version() {
  auto found = db_.query("SELECT COALESCE(MAX(version), 0) FROM price_lists");
  found.next();
  return static_cast<uint64_t>(found.integer(0));
}

price_list price_lists::newest() {
  price_list result;
  auto version = newest_version();
  {
    auto found = db_.query(
      "SELECT currency FROM price_lists WHERE version = $1", version);
    if (!found.next())
      return result;
    result.currency = found.text(0);
  }
  auto found = db_.query("SELECT stage, product, unit, micro_per_million "
                         "FROM prices WHERE version = $1",
                         version);
  while (found.next())
    result.prices.push_back(
      {found.text(0), found.text(1), found.text(2), found.integer(3)});
  return result;
}

uint64_t price_lists::install(const price_list& x, unix_ms now) {
  transaction all{db_};
  auto known = newest();
  auto version = newest_version();
  if (version > 0 && known.currency == x.currency
      && sorted(known.prices) == sorted(x.prices))
    return version;
  // Two engines that start at once write the same list: one of them wins.
  auto added
    = db_.execute("INSERT INTO price_lists (version, currency, effective_from) "
                  "VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING",
                  version + 1, x.currency, now);
  if (added > 0)
    for (auto& y : x.prices)
      db_.execute("INSERT INTO prices (version, stage, product, unit, "
                  "micro_per_million) VALUES ($1, $2, $3, $4, $5)",
                  version + 1, y.stage, y.product, y.unit, y.micro_per_million);
  all.commit();
  return version + 1;
}

} // namespace velox::persistence

#pragma once

#include "persistence/database.hpp"
#include "protocol/prices.hpp"
#include "protocol/records.hpp"

#include <cstdint>

namespace velox::persistence {

/// The price lists that ever counted; versions count from 1.
class price_lists {
public:
  explicit price_lists(connection& db) : db_(db) {}

  /// Makes `x` the list that counts from `now` on, unless it is the newest
  /// already. What was priced before keeps its price. Returns the version that
  /// counts.
  uint64_t install(const price_list& x, unix_ms now);

  /// The newest list; empty when there is none.
  price_list newest();

private:
  uint64_t newest_version();

  connection& db_;
};

} // namespace velox::persistence

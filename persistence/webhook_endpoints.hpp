#pragma once

#include "persistence/database.hpp"
#include "protocol/outside.hpp"

#include <string_view>

namespace velox::persistence {

/// Where organisations hear of their calls; one endpoint each.
class webhook_endpoints {
public:
  explicit webhook_endpoints(connection& db) : db_(db) {}

  /// Adds the organisation's endpoint or replaces it. Throws not_found without
  /// such an organisation.
  void put(const webhook_endpoint& x);

  /// Throws not_found when there is none.
  webhook_endpoint find(std::string_view org_id);

  /// Nothing is sent there any more; what waits is dead. Throws not_found.
  void remove(std::string_view org_id, unix_ms now);

  /// As `remove`, but it stays, with the reason; putting it anew enables it.
  void disable(std::string_view org_id, std::string_view why, unix_ms now);

private:
  void give_up(std::string_view org_id, std::string_view why, unix_ms now);

  connection& db_;
};

} // namespace velox::persistence

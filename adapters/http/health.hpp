#pragma once

#include <functional>
#include <string>
#include <vector>

namespace velox::http {

class router;

/// The state of one thing that must work before calls may come.
struct health_check {
  std::string name; ///< "store", "draining", ...
  bool ok = true;
  std::string explanation; ///< for the operator; no secrets
  /// False: without it calls can be taken all the same, with less comfort.
  bool required = true;
};

/// Looks at everything and calls `report` once, from any thread.
using readiness
  = std::function<void(std::function<void(std::vector<health_check>)> report)>;

/// Adds `GET /healthz` (alias `/health`): 200 while the process lives; and
/// `GET /readyz`: 200 when all required checks are ok, otherwise 503, the
/// checks in the body with "status" ready, degraded (only what is not required
/// fails) or not ready. A check that takes over 5 s counts as failed.
void add_health(router& routes, readiness look);

} // namespace velox::http

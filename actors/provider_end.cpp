#include "actors/provider_end.hpp"

#include "protocol/json.hpp"

namespace velox::actors {

log_entry provider_failure(const provider_failed& x) {
  return {"provider-failed", 0,
          json_object{}.add("stage", x.stage).add("why", x.why).str()};
}

} // namespace velox::actors

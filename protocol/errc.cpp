#include "protocol/errc.hpp"

namespace velox {

std::string to_string(errc code) {
  switch (code) {
    case errc::none: return "none";
    case errc::too_many_restarts: return "too_many_restarts";
    case errc::engine_full: return "engine_full";
    case errc::duplicate_call: return "duplicate_call";
    case errc::token_replayed: return "token_replayed";
    case errc::engine_stopping: return "engine_stopping";
    case errc::unknown_agent: return "unknown_agent";
    case errc::unknown_call: return "unknown_call";
    case errc::unknown_child: return "unknown_child";
    case errc::out_of_credit: return "out_of_credit";
    case errc::store_failed: return "store_failed";
    case errc::not_found: return "not_found";
    case errc::provider_failed: return "provider_failed";
    case errc::provider_unavailable: return "provider_unavailable";
    case errc::provider_busy: return "provider_busy";
  }
  return "unknown";
}

} // namespace velox

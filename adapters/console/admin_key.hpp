#pragma once

#include "adapters/http/router.hpp"

#include <string>

namespace velox::console {

/// `handle`, for those who send `Authorization: Bearer <key>` only; 401 for the
/// others. An empty key opens nothing.
http::handler with_admin_key(std::string key, http::handler handle);

} // namespace velox::console

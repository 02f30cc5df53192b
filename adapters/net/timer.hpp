#pragma once

#include "adapters/net/core.hpp"

#include <functional>
#include <memory>

namespace velox::net {

/// INTERNAL to adapters/net: what `outbound::after` returns. Any thread.
std::unique_ptr<timer>
start_timer(const core_ptr& out, milliseconds wait, std::function<void()> f);

} // namespace velox::net

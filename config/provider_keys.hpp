#pragma once

#include "config/keys.hpp"

#include <vector>

namespace velox::config {

/// The part of the table of settings that is about providers.
std::vector<setting_key> provider_setting_keys();

} // namespace velox::config

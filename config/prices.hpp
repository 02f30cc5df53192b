#pragma once

#include "protocol/prices.hpp"

#include <string_view>

namespace velox::config {

/// Reads a price list (YAML), as config/prices.yaml explains it. Throws
/// config_error with every problem: `origin`, line, what is wrong and the fix.
price_list parse_prices(const std::string& origin, std::string_view yaml);

/// The list in the file, or the built-in one when `file` is empty. Throws
/// config_error.
price_list load_prices(const std::string& file);

/// config/prices.yaml as it is built into the program.
std::string_view example_prices_yaml();

} // namespace velox::config

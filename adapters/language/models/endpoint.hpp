#pragma once

#include <string>
#include <string_view>

namespace velox::language {

/// `base` with the version segment ("/v1") that it lacks. `any_path`: a base
/// that names a path is taken as it is.
std::string
versioned(std::string_view base, std::string_view version, bool any_path);

/// `name` for a URL's path (RFC 3986, 2.1); slashes stay.
std::string path_encoded(std::string_view name);

/// `name`, or else "vendor:model".
std::string model_name(const std::string& name, std::string_view vendor,
                       std::string_view model);

} // namespace velox::language

#pragma once

#include "adapters/net/outbound.hpp"
#include "adapters/net/proxy.hpp"

#include <optional>
#include <string>

namespace velox::net {

/// Whether all names are tokens and no value has a line break or a NUL
/// (RFC 9110, section 5): else a value could smuggle in a header.
bool well_formed(const header_list& headers);

/// INTERNAL to adapters/net: the bytes of a request before its body. The whole
/// URL is the target when a proxy passes on plain HTTP (RFC 9112, 3.2.2). None
/// when the method or a header is not well-formed.
std::optional<std::string> request_head(const request& x, const destination& to,
                                        const std::optional<proxy>& via);

} // namespace velox::net

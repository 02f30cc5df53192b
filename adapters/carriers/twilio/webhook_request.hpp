#pragma once

#include "adapters/http/message.hpp"
#include "protocol/form.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace velox::carriers::twilio {

/// The scheme and host under which the carrier reaches us ("https://host"),
/// without a final slash: `configured`, or what the proxy or client says.
/// None when that is no host name.
std::optional<std::string>
public_base(const http::request& x, const std::string& configured);

/// `base` with ws in place of http.
std::string websocket_base(std::string_view base);

/// The fields of a webhook: of the body when it is a form, else of the query.
/// None when they are malformed.
std::optional<form> webhook_fields(const http::request& x);

/// The refusal when the request is not signed with `auth_token` for `base`,
/// otherwise none. It names what to check and never the token.
std::optional<http::response>
check_signature(const http::request& x, const std::string& base,
                const std::string& auth_token);

/// True for what may be a call's id: 1 to 64 letters, digits, '-' and '_'.
bool is_call_id(std::string_view text);

/// True for what may be a called number or address: 1 to 128 printable
/// characters.
bool is_address(std::string_view text);

} // namespace velox::carriers::twilio

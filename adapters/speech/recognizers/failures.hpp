#pragma once

#include "adapters/net/outbound.hpp"
#include "protocol/messages.hpp"

#include <string>
#include <string_view>

/// What the ways to fail of HTTP and WebSocket mean to a call. Texts name the
/// vendor, a status and the vendor's own code word; never its sentences, which
/// may quote the key or the query.

namespace velox::speech {

/// No answer, or none to the end.
provider_failed failure_of(std::string_view vendor, const net::error& x);

/// An answer that is a refusal. The vendor's code word is looked for in `body`.
provider_failed
refusal_of(std::string_view vendor, const net::response_head& head,
           std::string_view body);

/// A socket that never opened or was lost: as above. One that was closed by the
/// peer: `meaning` of its code.
provider_failed failure_of(std::string_view vendor, const net::socket_end& x,
                           provider_errc (*meaning)(int64_t code));

/// What RFC 6455's close codes mean; Deepgram uses 1008 and 1011 as they are.
provider_errc close_meaning(int64_t code);

/// `text` if it is one word of letters, digits, '_', '-' and '.', at most 40
/// long; else empty.
std::string_view code_word(std::string_view text);

/// `base` (or `fallback` when empty) with `target` behind it, as ws(s) or
/// http(s).
std::string socket_url(std::string_view base, std::string_view fallback,
                       std::string_view target);
std::string request_url(std::string_view base, std::string_view fallback,
                        std::string_view target);

} // namespace velox::speech

#pragma once

#include "adapters/net/outbound.hpp"
#include "protocol/messages.hpp"

#include <string>
#include <string_view>

/// What a vendor's refusal, or the loss of the way to it, means for a call. No
/// text holds more than the vendor's name, numbers and the vendor's own codes.

namespace velox::speech {

/// Why a session cannot go on.
struct voice_failure {
  provider_errc code = provider_errc::broken;
  std::string why;
  int64_t retry_after_ms = 0;
};

/// The request or the socket failed on the way.
voice_failure failure_of(const std::string& vendor, const net::error& x);

/// An HTTP status other than 2xx. `code` is the vendor's word for it and may
/// say more than the status: a 401 that means an empty purse.
voice_failure
failure_of(const std::string& vendor, int status,
           const net::header_list& headers, std::string_view code);

/// The vendor's word alone, or with a status of 0 nothing else.
voice_failure failure_of(const std::string& vendor, std::string_view code);

/// A socket that was closed while something was owed. `refusal_code` reads the
/// vendor's word in the body of a refused handshake.
voice_failure failure_of(const std::string& vendor, const net::socket_end& x,
                         std::string_view refusal_code);

} // namespace velox::speech

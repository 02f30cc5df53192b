#pragma once

#include "adapters/net/outbound.hpp"
#include "protocol/ports.hpp"

#include <functional>
#include <memory>
#include <string>

namespace velox::carriers::twilio {

/// Whose API it is and what opens it; read afresh for each order.
struct rest_access {
  std::string base_url = "https://api.twilio.com"; ///< http:// or https://
  std::string account_sid;
  std::string auth_token;
};

struct rest_options {
  net::outbound_source out;
  std::function<rest_access()> access;
  /// Before the second attempt; twice that before the third.
  net::milliseconds first_pause{300};
  /// The longest pause that Twilio may ask for (Retry-After).
  net::milliseconds longest_pause{5'000};
  net::milliseconds answer_timeout{5'000};
};

/// Twilio's "update a call" (twilio-oai, twilio_api_v2010). An order is tried
/// three times while Twilio has trouble of its own (429, 5xx) or cannot be
/// reached. Hanging up a call that is over already is no failure. Texts of
/// failures name the status and Twilio's own error number, never the account,
/// the call or a number.
std::shared_ptr<carrier_control> rest_control(rest_options options);

} // namespace velox::carriers::twilio

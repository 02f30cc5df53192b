#pragma once

#include "adapters/http/router.hpp"
#include "protocol/outside.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <string>

namespace velox::carriers::twilio {

struct voicemail_options {
  std::string auth_token; ///< as in `webhook_options`
  bool verify_signature = true;
  std::string public_url;
  outside_store_actor store;
  std::function<unix_ms()> time_of_day;
};

/// Adds `POST /voice/recording`, where Twilio says that a caller's message is
/// recorded (the `recordingStatusCallback` of <Record>, Twilio docs, "TwiML
/// Voice: <Record>"). The organisation of the call, or of the number, is told
/// "voicemail.received", once per recording. 503 while that cannot be stored,
/// so that Twilio asks again; a recording of nobody's is answered with 204.
void add_voicemail(http::router& routes, caf::actor_system& sys,
                   const voicemail_options& options);

} // namespace velox::carriers::twilio

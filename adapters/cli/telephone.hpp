#pragma once

#include "adapters/cli/call_reporter.hpp"
#include "adapters/cli/caller_script.hpp"

#include <string>
#include <vector>

namespace velox::cli {

/// One call as a carrier would bring it to the engine.
struct telephone_options {
  std::string engine = "http://127.0.0.1:8080"; ///< where requests go
  /// What the engine believes its address to be (server.public_url); requests
  /// are signed for it. Empty: `engine`.
  std::string public_url;
  std::string auth_token;
  std::string admin_key; ///< for the transcript; empty: none
  std::string from = "+15550199";
  std::string to = "+15550100";
  /// The engine's agent calls us: `to` is its number, `from` is ours.
  bool outbound = false;
  /// Twilio's AnsweredBy ("machine_start"), told a second after the answer;
  /// empty: nothing is told.
  std::string answered_by;
  std::vector<script_step> steps;
  /// The agent has finished when it is silent for this long.
  call_time pause{600};
  call_time duration{120'000}; ///< hang up after this
  bool insecure = false;       ///< accept any TLS certificate
};

/// What is left of a call.
struct call_record {
  std::string call_id;
  call_summary summary;
  std::vector<uint8_t> caller; ///< mu-law, 8 kHz
  std::vector<uint8_t> agent;  ///< as heard; as long as `caller`
};

/// Calls the engine the way Twilio does: posts the signed webhook, follows the
/// TwiML (streams, redirects; at most five documents), speaks and listens in
/// real time. Everything that happens, errors included, goes to `reporter`.
/// Blocks until the call is over. Throws `std::invalid_argument` for an engine
/// address that is none.
call_record
place_call(const telephone_options& options, call_reporter& reporter);

} // namespace velox::cli

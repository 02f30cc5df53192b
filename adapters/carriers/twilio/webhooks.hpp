#pragma once

#include "adapters/http/router.hpp"
#include "protocol/interfaces.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace velox::http {
class metrics;
} // namespace velox::http

namespace velox::carriers::twilio {

/// How the webhooks answer.
struct webhook_options {
  /// The account's auth token, with which Twilio signs. Without it every
  /// webhook is refused, unless `verify_signature` is off.
  std::string auth_token;
  bool verify_signature = true;
  /// Where Twilio reaches us, such as "https://voice.example.com". Empty: from
  /// X-Forwarded-Proto and -Host, then from Host.
  std::string public_url;
  /// The WebSocket route; "/call/{token}" follows.
  std::string stream_path = "/media-stream";
  std::string token_secret; ///< the same as in `media_options`
  std::chrono::seconds token_lifetime{60};
  /// How long store and registry may take.
  std::chrono::milliseconds ask_timeout{5'000};
  /// A call that lost its engine or its wire longer ago is not taken up again.
  std::chrono::seconds resume_window{300};
  unsigned resume_limit = 3; ///< times per call
  /// Whom to ask whether an organisation has talk time; null: nobody.
  ledger_actor ledger{};
  /// Whether this caller may call once more, answered once on any thread; who
  /// may not hears a busy signal. Empty: everybody may.
  std::function<void(const std::string& caller, std::function<void(bool)>)>
    may_call;
  /// The clock; tests set it. Empty: the system's.
  std::function<int64_t()> unix_ms_now;
};

/// Adds what Twilio asks about calls; all signed, all answered with TwiML that
/// makes sense to the caller's ear, also when the store is down:
///
/// - `/voice/incoming` (alias `/voice`), GET and POST: connects a call to the
///   media socket, with a fresh stream token; or says that the number takes no
///   calls, when its organisation has no talk time.
/// - `POST /voice/resume`: the media socket is over; hang up, transfer, or
///   connect again.
/// - `POST /voice/answered-by`: Twilio's answering machine detection has made
/// up
///   its mind (AsyncAmdStatusCallback); the call hears of it.
/// - `POST /voice/status`: heard.
void add_webhooks(http::router& routes, webhook_options options,
                  caf::actor_system& system, call_registry_actor registry,
                  store_actor store, std::shared_ptr<http::metrics> counts);

} // namespace velox::carriers::twilio

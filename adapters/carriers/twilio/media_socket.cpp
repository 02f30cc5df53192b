#include "adapters/carriers/twilio/media_socket.hpp"

#include "adapters/carriers/twilio/media_session.hpp"
#include "adapters/http/metrics.hpp"

#include <utility>

namespace velox::carriers::twilio {

namespace {

using parts_ptr = std::shared_ptr<const media_parts>;

/// Completes a handshake. `paid`: the call that talk time was set aside for.
void accept(const parts_ptr& parts, http::upgrade handshake,
            std::optional<stream_token> paid) {
  auto session = std::make_shared<media_session>(parts, paid);
  auto wire
    = websocket::accept(std::move(handshake), parts->options.socket, session);
  if (!wire) { // the client did not wait
    session->give_back();
    return;
  }
  session->attach(wire);
  wire->after(parts->options.start_timeout,
              [weak = std::weak_ptr<media_session>(session)] {
                if (auto me = weak.lock())
                  me->start_timed_out();
              });
}

void refuse(const parts_ptr& parts, http::upgrade handshake,
            talk_verdict verdict) {
  if (verdict == talk_verdict::out_of_credit) {
    parts->counts->count_refused("out_of_credit");
    handshake.refuse(http::error_response(
      402, "out_of_credit", "the organisation has no talk time left",
      "buy talk time, or let an operator grant some"));
  } else {
    parts->counts->count_refused("no_ledger");
    handshake.refuse(http::error_response(
      503, "ledger_unavailable", "nobody can say whether the call is paid for",
      "try again; if it stays, look at the database"));
  }
}

/// Asks for talk time and answers on the connection's thread.
void pay(const parts_ptr& parts, http::upgrade handshake,
         const stream_token& call) {
  auto post = handshake.poster();
  auto waiting = std::make_shared<http::upgrade>(std::move(handshake));
  parts->options.gate.reserve(
    call, [parts, call, post, waiting](talk_verdict verdict) {
      post([parts, call, waiting, verdict] {
        auto handshake = std::move(*waiting);
        if (verdict == talk_verdict::granted)
          accept(parts, std::move(handshake), call);
        else
          refuse(parts, std::move(handshake), verdict);
      });
    });
}

} // namespace

http::websocket_handler
media_socket(media_options options, voice_detector_factory detectors,
             start_handler on_start, std::shared_ptr<http::metrics> counts,
             tone_detector_factory tones) {
  auto parts = std::make_shared<media_parts>(
    media_parts{std::move(options), std::move(detectors), std::move(on_start),
                std::move(counts), std::move(tones)});
  return [parts](const http::request& x, http::upgrade handshake) {
    auto shown = x.params.find("token");
    if (shown == x.params.end() || !parts->options.gate.reserve)
      return accept(parts, std::move(handshake), std::nullopt);
    stream_token token;
    auto error = verify_stream_token(shown->second, parts->options.token_secret,
                                     parts->unix_now(), token);
    if (error == token_error::none)
      return pay(parts, std::move(handshake), token);
    parts->counts->count_refused("token_" + std::string{to_text(error)});
    handshake.refuse(http::error_response(
      403, "bad_token", "the stream token is " + std::string{to_text(error)},
      "take the URL from the TwiML of this call"));
  };
}

} // namespace velox::carriers::twilio

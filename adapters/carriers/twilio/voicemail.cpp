#include "adapters/carriers/twilio/voicemail.hpp"

#include "adapters/carriers/twilio/webhook_request.hpp"
#include "adapters/http/ask.hpp"
#include "config/log.hpp"
#include "protocol/errc.hpp"
#include "protocol/type_ids.hpp"
#include "protocol/url.hpp"

#include <charconv>
#include <memory>

namespace velox::carriers::twilio {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{5};
constexpr int64_t longest = 24 * 3'600; ///< seconds

http::response bad(const char* field, const char* fix) {
  return http::error_response(
    400, "bad_request", std::string{field} + " is missing or malformed", fix);
}

bool read_seconds(std::string_view text, int64_t& out) {
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && stop == end && out >= 0 && out <= longest;
}

/// Twilio's address of the sound: only of the web, and without a password.
bool is_address_of_sound(std::string_view text) {
  auto url = parse_url(text);
  return url && url->secure() && !url->userinfo && text.size() <= 2'000;
}

void receive(caf::actor_system& sys, const voicemail_options& options,
             const http::request& x, const http::responder& answer) {
  auto base = public_base(x, options.public_url);
  if (!base)
    return answer(bad("Host", "set public_url in the config"));
  if (options.verify_signature)
    if (auto refusal = check_signature(x, *base, options.auth_token)) {
      config::log().warn("A webhook was not signed by Twilio. path={}",
                         config::field(x.path));
      return answer(std::move(*refusal));
    }
  auto fields = webhook_fields(x);
  if (!fields)
    return answer(bad("the form", "send application/x-www-form-urlencoded"));
  voicemail_left left;
  left.call_id = fields->get("CallSid");
  left.called = fields->get("To");
  left.recording_id = fields->get("RecordingSid");
  left.url = fields->get("RecordingUrl");
  left.at = options.time_of_day();
  if (!is_call_id(left.call_id))
    return answer(bad("CallSid", "send the call's id, such as CA0123..."));
  if (!is_call_id(left.recording_id))
    return answer(bad("RecordingSid", "send the recording's id, RE0123..."));
  if (!is_address_of_sound(left.url))
    return answer(bad("RecordingUrl", "send the https:// URL of the sound"));
  if (!read_seconds(fields->get("RecordingDuration"), left.seconds))
    return answer(bad("RecordingDuration", "send whole seconds"));
  auto on_error = [answer](const caf::error& why) {
    if (why == errc::not_found)
      return answer({204, "", "", {}}); // to send it again would not help
    answer(http::error_response(503, "unavailable",
                                "The message could not be stored.",
                                "Send it again later."));
  };
  http::ask(
    sys, options.store, patience,
    [answer] {
      answer({204, "", "", {}});
    },
    on_error, left);
}

} // namespace

void add_voicemail(http::router& routes, caf::actor_system& sys,
                   const voicemail_options& options) {
  auto shared = std::make_shared<const voicemail_options>(options);
  routes.post(
    "/voice/recording",
    [&sys, shared](const http::request& x, const http::responder& answer) {
      receive(sys, *shared, x, answer);
    });
}

} // namespace velox::carriers::twilio

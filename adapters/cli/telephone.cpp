#include "adapters/cli/telephone.hpp"

#include "adapters/cli/http_client.hpp"
#include "adapters/cli/media_stream.hpp"
#include "adapters/cli/transcript_poller.hpp"
#include "protocol/form.hpp"
#include "protocol/stream_token.hpp"
#include "protocol/twilio_signature.hpp"
#include "protocol/twiml.hpp"
#include "protocol/url.hpp"

#include <fmt/format.h>
#include <optional>
#include <thread>

namespace velox::cli {

namespace {

using namespace std::chrono_literals;

/// Documents that are followed before the telephone gives up, a loop likely.
constexpr int document_limit = 5;

/// How long the engine's log may lag behind the end of the call.
constexpr auto log_patience = 1500ms;

std::string without_slash(std::string text) {
  while (text.ends_with('/'))
    text.pop_back();
  return text;
}

/// `text` as seen from the document at `base` (RFC 3986, 5.2, for absolute
/// addresses and absolute paths, the only ones in use).
std::string resolve(std::string_view base, std::string_view text) {
  if (parse_url(text))
    return std::string{text};
  auto root = parse_url(base);
  if (!root)
    return std::string{text};
  root->path = text.starts_with('/') ? "" : "/";
  root->path += text;
  root->query.reset();
  root->fragment.reset();
  return root->str();
}

/// The call cannot go on.
struct call_failed {
  call_outcome outcome;
  std::string reason;
};

class telephone {
public:
  telephone(const telephone_options& options, call_reporter& reporter)
    : options_(options), reporter_(reporter),
      engine_(without_slash(options.engine)),
      believed_(options.public_url.empty() ? engine_
                                           : without_slash(options.public_url)),
      call_id_("CA" + random_hex(16)), call_(options.steps, options.pause) {}

  call_record run() {
    if (!parse_url(engine_))
      throw std::invalid_argument("\"" + options_.engine
                                  + "\" is no URL such as http://host:port");
    reporter_.call_started(call_id_, options_.from, options_.to, engine_);
    follow_log();
    auto& summary = call_.summary;
    try {
      follow_documents();
      if (call_.protocol_broken)
        summary.outcome = call_outcome::protocol_error;
      else if (summary.agent_spoke == call_time{0})
        summary.outcome = call_outcome::not_answered;
    } catch (const call_failed& x) {
      summary.outcome = x.outcome;
      summary.reason = x.reason;
    }
    // Unless the caller hung up, which ends the call at once.
    if (summary.duration == call_time{0})
      summary.duration = call_.now();
    if (poller_)
      poller_->finish(summary.outcome == call_outcome::refused ? 0ms
                                                               : log_patience);
    if (auto left = call_.script.left(); left > 0)
      reporter_.notice(summary.duration,
                       fmt::format("the call ended before the caller's last "
                                   "{} lines",
                                   left));
    reporter_.ended(summary.duration, summary.reason);
    reporter_.summary(summary);
    return {call_id_, summary, std::move(call_.caller_audio),
            std::move(call_.agent_audio)};
  }

private:
  void follow_log() {
    if (options_.admin_key.empty()) {
      reporter_.notice(call_.now(), "no transcript, only timings: --admin-key "
                                    "or --data-dir of the engine opens it");
      return;
    }
    auto unix_now = std::chrono::duration_cast<call_time>(
      std::chrono::system_clock::now().time_since_epoch());
    transcript_source source{engine_, options_.admin_key, call_id_,
                             options_.insecure, unix_now.count()};
    poller_.emplace(std::move(source), reporter_);
  }

  /// Fetches documents and follows their verbs until one ends the call.
  void follow_documents() {
    address_ = believed_ + "/voice/incoming";
    auto status = "ringing";
    for (int i = 0; i < document_limit; ++i) {
      auto document = fetch_document(status);
      status = "in-progress";
      if (!follow(document))
        return;
    }
    throw call_failed{
      call_outcome::protocol_error,
      fmt::format("the engine redirected {} times", document_limit)};
  }

  /// The TwiML behind `address_`, asked for as the carrier does.
  twiml::response fetch_document(const char* status) {
    auto out = options_.outbound;
    auto& from = out ? options_.to : options_.from;
    auto& to = out ? options_.from : options_.to;
    form fields;
    fields.add("CallSid", call_id_)
      .add("AccountSid", account_sid)
      .add("From", from)
      .add("To", to)
      .add("Caller", from)
      .add("Called", to)
      .add("CallStatus", status)
      .add("ApiVersion", "2010-04-01")
      .add("Direction", out ? "outbound-api" : "inbound");
    auto request = signed_request(address_, fields);
    http_response answer;
    try {
      answer = fetch(request);
    } catch (const unreachable& x) {
      throw call_failed{call_outcome::refused, x.what()};
    }
    if (answer.status != 200)
      throw call_failed{call_outcome::refused,
                        fmt::format("the engine answered {} to POST {}: {}",
                                    answer.status, request.url, answer.body)};
    twiml::response result;
    if (auto error = twiml::read(answer.body, result))
      throw call_failed{call_outcome::protocol_error,
                        "the TwiML cannot be read: " + error.text};
    return result;
  }

  http_request signed_request(const std::string& address, const form& fields) {
    http_request result;
    result.method = "POST";
    result.url = physical(address);
    result.headers
      = {{"Content-Type", "application/x-www-form-urlencoded"},
         {"X-Twilio-Signature",
          sign_twilio_request(options_.auth_token, address, fields)}};
    result.body = encode_form(fields);
    result.timeout = 15s; // Twilio's own limit (error 11205)
    result.insecure = options_.insecure;
    return result;
  }

  /// The carrier's own detection takes a moment; the call goes on meanwhile.
  std::jthread tell_verdict() {
    if (options_.answered_by.empty())
      return {};
    form fields;
    fields.add("CallSid", call_id_)
      .add("AccountSid", account_sid)
      .add("AnsweredBy", options_.answered_by)
      .add("MachineDetectionDuration", "1000");
    auto request = signed_request(believed_ + "/voice/answered-by", fields);
    return std::jthread{[request = std::move(request)](std::stop_token over) {
      for (int i = 0; i < 20 && !over.stop_requested(); ++i)
        std::this_thread::sleep_for(50ms);
      try {
        if (!over.stop_requested())
          fetch(request);
      } catch (const unreachable&) { // the call notices, too
      }
    }};
  }

  /// An address of the engine as it is reached from here: the public name
  /// leads around, `engine` straight to it.
  std::string physical(const std::string& address) const {
    if (address.starts_with(believed_))
      return engine_ + address.substr(believed_.size());
    return address;
  }

  /// True when `address_` leads to a next document.
  bool follow(const twiml::response& document) {
    for (const auto& verb : document.verbs)
      if (auto next
          = std::visit([this](const auto& x) { return act(x); }, verb);
          next != step::next_verb)
        return next == step::next_document;
    if (call_.summary.reason.empty())
      call_.summary.reason = "no verb was left";
    return false;
  }

  enum class step : uint8_t { next_verb, next_document, end };

  step end(std::string reason) {
    call_.summary.reason = std::move(reason);
    return step::end;
  }

  step act(const twiml::connect& x) {
    media_stream_options stream;
    stream.signed_url = x.url;
    stream.url = media_address(x.url);
    stream.auth_token = options_.auth_token;
    stream.account_sid = account_sid;
    stream.call_id = call_id_;
    for (const auto& [name, value] : x.parameters)
      stream.parameters[name] = value;
    stream.deadline = options_.duration;
    stream.insecure = options_.insecure;
    stream_outcome outcome;
    auto verdict = tell_verdict();
    try {
      outcome = run_media_stream(stream, call_, reporter_);
    } catch (const unreachable& e) {
      throw call_failed{call_outcome::refused, e.what()};
    } catch (const upgrade_refused& e) {
      throw call_failed{call_outcome::refused,
                        fmt::format("the engine answered {} to the media "
                                    "stream: {}",
                                    e.status(), e.what())};
    } catch (const std::invalid_argument& e) {
      throw call_failed{call_outcome::protocol_error, e.what()};
    }
    call_.summary.reason = outcome.reason;
    if (outcome.caller_hung_up)
      return step::end;
    if (x.action.empty())
      return step::next_verb;
    address_ = resolve(address_, x.action);
    return step::next_document;
  }

  /// The media socket's address, mapped like `physical`.
  std::string media_address(const std::string& text) const {
    auto where = parse_url(resolve(address_, text));
    if (!where)
      return text;
    auto socket_scheme = [](url x) {
      if (x.scheme.starts_with("http"))
        x.scheme.replace(0, 4, "ws");
      return x;
    };
    auto believed = parse_url(believed_);
    auto engine = parse_url(engine_);
    if (believed && engine_ != believed_ && where->host == believed->host
        && where->effective_port() == believed->effective_port()) {
      where->scheme = socket_scheme(*engine).scheme;
      where->host = engine->host;
      where->port = engine->port;
    }
    return socket_scheme(*where).str();
  }

  step act(const twiml::say& x) {
    reporter_.verb(call_.now(), "Say", x.text);
    return step::next_verb;
  }

  step act(const twiml::pause& x) {
    reporter_.verb(call_.now(), "Pause", std::to_string(x.length));
    return step::next_verb;
  }

  step act(const twiml::other_verb& x) {
    reporter_.verb(call_.now(), x.name, "not followed");
    return step::next_verb;
  }

  step act(const twiml::redirect& x) {
    address_ = resolve(address_, x.url);
    reporter_.verb(call_.now(), "Redirect", address_);
    return step::next_document;
  }

  step act(const twiml::dial& x) {
    reporter_.verb(call_.now(), "Dial", x.number);
    return end("transferred to " + x.number);
  }

  step act(const twiml::hangup&) {
    reporter_.verb(call_.now(), "Hangup", "");
    return end("the engine hung up");
  }

  step act(const twiml::reject& x) {
    reporter_.verb(call_.now(), "Reject", x.reason);
    throw call_failed{call_outcome::refused,
                      "the engine rejected the call: " + x.reason};
  }

  /// Of the account that this telephone pretends to belong to.
  static constexpr const char* account_sid
    = "AC00000000000000000000000000000000";

  const telephone_options& options_;
  call_reporter& reporter_;
  std::string engine_;
  std::string believed_;
  std::string call_id_;
  call_progress call_;
  std::optional<transcript_poller> poller_;
  std::string address_; ///< of the document that is followed, as signed
};

} // namespace

call_record
place_call(const telephone_options& options, call_reporter& reporter) {
  return telephone{options, reporter}.run();
}

} // namespace velox::cli

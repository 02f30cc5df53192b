#include "adapters/speech/recognizers/failures.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace velox::speech {

namespace {

using code = provider_errc;

code errc_of(int status) {
  switch (status) {
    case 401:
    case 403: return code::unauthorized;
    case 402: return code::out_of_quota;
    case 408: return code::timed_out;
    case 429: return code::rate_limited;
    default:
      return status >= 500   ? code::overloaded
             : status >= 400 ? code::bad_request
                             : code::broken;
  }
}

code errc_of(net::failure x) {
  switch (x) {
    case net::failure::bad_url: return code::bad_request;
    case net::failure::unknown:
    case net::failure::refused:
    case net::failure::untrusted:
    case net::failure::full:
    case net::failure::stopped: return code::unreachable;
    case net::failure::timed_out: return code::timed_out;
    default: return code::broken;
  }
}

/// "2", "0.5"; a date, which nobody was seen to send, counts as nothing.
int64_t milliseconds_in(std::string_view text, double unit) {
  constexpr double longest = 24 * 3'600'000.0;
  double value = 0;
  auto* end = text.data() + text.size();
  auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end || !(value > 0))
    return 0;
  return std::llround(std::min(value * unit, longest));
}

int64_t retry_after(const net::header_list& headers) {
  if (auto x = milliseconds_in(net::find_header(headers, "retry-after-ms"), 1))
    return x;
  return milliseconds_in(net::find_header(headers, "retry-after"), 1000);
}

/// Deepgram: "err_code" or "category"; OpenAI: "error" with "code" or "type";
/// Google: "error" with "details" of a "reason", or "status".
std::string code_in(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return {};
  auto first = [](const rapidjson::Value& x,
                  std::initializer_list<std::string_view> names) {
    for (auto name : names)
      if (auto text = json_text(x, name); text && !code_word(*text).empty())
        return std::string{*text};
    return std::string{};
  };
  auto* error = json_member(document, "error");
  if (!error || !error->IsObject())
    return first(document, {"err_code", "category"});
  if (auto* details = json_member(*error, "details");
      details && details->IsArray())
    for (auto& x : details->GetArray())
      if (auto reason = first(x, {"reason"}); !reason.empty())
        return reason;
  return first(*error, {"code", "type", "status"});
}

/// What the vendor's word says more exactly than the status.
code refine(code by_status, std::string_view word) {
  if (word == "insufficient_quota" || word == "ASR_PAYMENT_REQUIRED")
    return code::out_of_quota;
  if (word == "API_KEY_INVALID" || word == "INVALID_AUTH")
    return code::unauthorized;
  return by_status;
}

/// "NET-0001" in "... https://dpgr.am/net0001" or as it is.
std::string code_in_reason(std::string_view reason) {
  for (std::string_view known :
       {"NET-0000", "NET-0001", "DATA-0000", "net0000", "net0001", "data0000"})
    if (reason.find(known) != std::string_view::npos)
      return ", " + std::string{known};
  return {};
}

std::string url_with(std::string_view base, std::string_view fallback,
                     std::string_view target, std::string_view plain,
                     std::string_view secure) {
  if (base.empty())
    base = fallback;
  auto at = base.find("://");
  if (at == std::string_view::npos)
    return std::string{base}; // refused as no URL
  auto scheme = base.substr(0, at);
  bool is_secure = scheme == "https" || scheme == "wss";
  if (!is_secure && scheme != "http" && scheme != "ws")
    return std::string{base};
  auto rest = base.substr(at);
  while (rest.ends_with('/') && rest.size() > 3)
    rest.remove_suffix(1);
  return std::string{is_secure ? secure : plain}.append(rest).append(target);
}

} // namespace

std::string_view code_word(std::string_view text) {
  auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  // Longer ones are more likely a key than a word.
  return text.size() <= 40 && std::all_of(text.begin(), text.end(), is_plain)
           ? text
           : std::string_view{};
}

provider_failed failure_of(std::string_view vendor, const net::error& x) {
  return {"stt", std::string{vendor} + ": " + x.why, errc_of(x.what)};
}

provider_failed
refusal_of(std::string_view vendor, const net::response_head& head,
           std::string_view body) {
  auto word = code_in(body);
  if (word.empty())
    word = code_word(net::find_header(head.headers, "dg-error"));
  auto why = std::string{vendor} + ": HTTP " + std::to_string(head.status);
  if (!word.empty())
    why += " (" + word + ')';
  return {"stt", why, refine(errc_of(head.status), word),
          retry_after(head.headers)};
}

provider_failed failure_of(std::string_view vendor, const net::socket_end& x,
                           provider_errc (*meaning)(int64_t code)) {
  if (x.refused)
    return refusal_of(vendor, *x.refused, x.refused_body);
  if (x.broken)
    return failure_of(vendor, *x.broken);
  return {"stt",
          std::string{vendor} + ": the socket was closed ("
            + std::to_string(x.code) + code_in_reason(x.reason) + ')',
          meaning(x.code)};
}

provider_errc close_meaning(int64_t close_code) {
  switch (close_code) {
    case 1007:
    case 1008:
    case 1009: return code::bad_request;
    case 1011:
    case 1012:
    case 1013: return code::overloaded;
    default: return code::broken;
  }
}

std::string socket_url(std::string_view base, std::string_view fallback,
                       std::string_view target) {
  return url_with(base, fallback, target, "ws", "wss");
}

std::string request_url(std::string_view base, std::string_view fallback,
                        std::string_view target) {
  return url_with(base, fallback, target, "http", "https");
}

} // namespace velox::speech

#include "adapters/speech/synthesizers/failures.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace velox::speech {

namespace {

using errc = provider_errc;

struct meaning {
  std::string_view part; ///< of the vendor's word, lower case
  errc code;
};

/// Looked for in this order: "quota" beats "exceeded".
constexpr auto meanings = std::to_array<meaning>({
  {"quota", errc::out_of_quota},
  {"insufficient", errc::out_of_quota},
  {"payment", errc::out_of_quota},
  {"api_key", errc::unauthorized},
  {"api key", errc::unauthorized},
  {"unauthorized", errc::unauthorized},
  {"invalid_auth", errc::unauthorized},
  {"unauthenticated", errc::unauthorized},
  {"permission", errc::unauthorized},
  {"rate_limit", errc::rate_limited},
  {"too_many", errc::rate_limited},
  {"concurren", errc::rate_limited},
  {"simultaneous", errc::rate_limited},
  {"exhausted", errc::rate_limited},
  {"system_busy", errc::rate_limited},
});

std::string lower(std::string_view x) {
  std::string result{x};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::optional<errc> meaning_of(std::string_view word) {
  auto text = lower(word);
  for (auto& x : meanings)
    if (text.find(x.part) != std::string::npos)
      return x.code;
  return std::nullopt;
}

errc code_of_status(int status) {
  switch (status) {
    case 401:
    case 403: return errc::unauthorized;
    case 402: return errc::out_of_quota;
    case 408: return errc::timed_out;
    case 429: return errc::rate_limited;
    default:
      return status >= 500   ? errc::overloaded
             : status >= 400 ? errc::bad_request
                             : errc::broken;
  }
}

/// A code is short and made of letters, digits and "_-."; a sentence could
/// quote what was said.
std::string shown(std::string_view code) {
  bool plain = std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
  if (code.empty() || code.size() > 40 || !plain)
    return {};
  return " " + std::string{code};
}

/// Seconds, whole or not; a date (RFC 9110, 10.2.3) is not worth a calendar.
int64_t retry_after(const net::header_list& headers) {
  auto read = [&](std::string_view name, double scale) -> int64_t {
    auto text = net::find_header(headers, name);
    double value = 0;
    auto end = text.data() + text.size();
    auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end)
      return 0;
    return static_cast<int64_t>(std::clamp(value * scale, 0.0, 86'400'000.0));
  };
  auto precise = read("retry-after-ms", 1);
  return precise > 0 ? precise : read("retry-after", 1000);
}

} // namespace

voice_failure failure_of(const std::string& vendor, const net::error& x) {
  using net::failure;
  auto why = vendor + ": " + x.why;
  switch (x.what) {
    case failure::timed_out: return {errc::timed_out, why};
    case failure::bad_url:
    case failure::unknown:
    case failure::refused:
    case failure::untrusted:
    case failure::full:
    case failure::stopped: return {errc::unreachable, why};
    default: return {errc::broken, why};
  }
}

voice_failure
failure_of(const std::string& vendor, int status,
           const net::header_list& headers, std::string_view code) {
  auto meant = code_of_status(status);
  if (status < 500)
    meant = meaning_of(code).value_or(meant);
  return {meant, vendor + ": status " + std::to_string(status) + shown(code),
          retry_after(headers)};
}

voice_failure failure_of(const std::string& vendor, std::string_view code) {
  return {meaning_of(code).value_or(errc::bad_request),
          vendor + ": error" + shown(code)};
}

voice_failure failure_of(const std::string& vendor, const net::socket_end& x,
                         std::string_view refusal_code) {
  if (x.refused)
    return failure_of(vendor, x.refused->status, x.refused->headers,
                      refusal_code);
  if (x.broken)
    return failure_of(vendor, *x.broken);
  auto code
    = x.code == 1011 || x.code == 1012 || x.code == 1013   ? errc::overloaded
      : x.code == 1003 || x.code == 1008 || x.code == 1009 ? errc::bad_request
                                                           : errc::broken;
  if (code == errc::bad_request)
    code = meaning_of(x.reason).value_or(code);
  return {code,
          vendor + ": closed with " + std::to_string(x.code) + shown(x.reason)};
}

} // namespace velox::speech

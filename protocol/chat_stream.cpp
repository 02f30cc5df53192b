#include "protocol/chat_stream.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace velox {

namespace {

constexpr int64_t longest_wait = 3'600'000;
constexpr std::string_view blanks = " \t\r\n";

/// "Sun, 06 Nov 1994 08:49:37 GMT" as seconds since 1970; -1 when it is none.
int64_t parse_http_date(std::string_view text) {
  std::tm parts{};
  std::string copy{text};
  const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S", &parts);
  return end ? static_cast<int64_t>(timegm(&parts)) : -1;
}

} // namespace

std::string loggable(std::string_view code) {
  std::string out;
  for (char c : code.substr(0, 64)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                 || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (plain)
      out += c;
  }
  return out;
}

provider_errc code_of_status(int status) {
  switch (status) {
    case 401:
    case 403: return provider_errc::unauthorized;
    case 402: return provider_errc::out_of_quota;
    case 408: return provider_errc::timed_out;
    case 429: return provider_errc::rate_limited;
    default: break;
  }
  if (status >= 500)
    return provider_errc::overloaded;
  return status >= 400 ? provider_errc::bad_request : provider_errc::broken;
}

std::string status_text(int status, std::string_view code) {
  auto text = "http " + std::to_string(status);
  auto shown = loggable(code);
  return shown.empty() ? text : text + ": " + shown;
}

int64_t parse_retry_after(std::string_view value, int64_t now) {
  auto begin = value.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return 0;
  value = value.substr(begin, value.find_last_not_of(blanks) - begin + 1);
  double seconds = 0;
  auto* end = value.data() + value.size();
  auto result = std::from_chars(value.data(), end, seconds);
  if (result.ec != std::errc{} || result.ptr != end) {
    auto date = parse_http_date(value);
    if (date < 0)
      return 0;
    seconds = static_cast<double>(date - now);
  }
  if (!(seconds > 0))
    return 0;
  return static_cast<int64_t>(std::min(seconds * 1000, double{longest_wait}));
}

std::string object_or_empty(std::string_view text) {
  rapidjson::Document document;
  if (text.empty() || read_json(text, document) != json_error::none
      || !document.IsObject())
    return "{}";
  return std::string{text};
}

std::string think_filter::push(std::string_view text) {
  constexpr std::string_view opening = "<think>";
  constexpr std::string_view closing = "</think>";
  if (place_ == place::behind) {
    auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos)
      return {};
    text.remove_prefix(begin);
    place_ = place::answer;
  }
  if (place_ == place::answer)
    return std::string{text};
  held_ += text;
  if (place_ == place::start) {
    auto begin = held_.find_first_not_of(blanks);
    if (begin == std::string::npos)
      return {};
    auto word = std::string_view{held_}.substr(begin, opening.size());
    if (!opening.starts_with(word)) {
      place_ = place::answer;
      return std::exchange(held_, {});
    }
    if (word.size() < opening.size())
      return {};
    held_.erase(0, begin + opening.size());
    place_ = place::thought;
  }
  auto end = held_.find(closing);
  if (end == std::string::npos) {
    // Enough of the thought for its closing tag to be found.
    if (held_.size() > closing.size())
      held_.erase(0, held_.size() - closing.size());
    return {};
  }
  auto rest = held_.substr(end + closing.size());
  held_.clear();
  place_ = place::behind;
  return push(rest);
}

std::string think_filter::flush() {
  auto rest = place_ == place::start ? std::exchange(held_, {}) : std::string{};
  place_ = place::answer;
  return rest;
}

} // namespace velox

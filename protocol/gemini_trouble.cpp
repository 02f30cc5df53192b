#include "protocol/gemini_trouble.hpp"

#include "protocol/gemini.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace velox {

namespace {

/// What the error's name means when there is no status that says it.
int status_of(std::string_view name) {
  if (name == "RESOURCE_EXHAUSTED")
    return 429;
  if (name == "UNAUTHENTICATED")
    return 401;
  if (name == "PERMISSION_DENIED")
    return 403;
  if (name == "INVALID_ARGUMENT" || name == "FAILED_PRECONDITION")
    return 400;
  if (name == "NOT_FOUND")
    return 404;
  return name == "DEADLINE_EXCEEDED" ? 504 : 503;
}

/// How long to wait, and whether waiting helps at all.
void read_detail(const rapidjson::Value& detail, chat_trouble& trouble) {
  auto delay = json_text(detail, "retryDelay").value_or("");
  if (delay.ends_with('s'))
    trouble.retry_after_ms
      = parse_retry_after(delay.substr(0, delay.size() - 1), 0);
  auto* violations = json_member(detail, "violations");
  if (!violations || !violations->IsArray())
    return;
  for (auto& x : violations->GetArray())
    if (json_text(x, "quotaId").value_or("").find("PerDay")
        != std::string_view::npos)
      trouble.code = provider_errc::out_of_quota;
}

} // namespace

std::optional<chat_trouble>
gemini_error_of(const rapidjson::Value& x, int status) {
  if (x.IsArray())
    return x.Empty() ? std::nullopt : gemini_error_of(x[0], status);
  auto* error = json_member(x, "error");
  if (!error || !error->IsObject())
    return std::nullopt;
  auto name = json_text(*error, "status").value_or("");
  bool in_stream = status == 0;
  if (in_stream)
    status = static_cast<int>(std::clamp<int64_t>(
      json_integer(*error, "code").value_or(status_of(name)), 400, 599));
  chat_trouble trouble{code_of_status(status), status_text(status, name)};
  if (in_stream)
    trouble.why = "error in the stream: " + trouble.why;
  if (status == 504)
    trouble.code = provider_errc::timed_out;
  auto* details = json_member(*error, "details");
  if (!details || !details->IsArray())
    return trouble;
  for (auto& detail : details->GetArray()) {
    // A wrong key is a bad argument to Google.
    if (json_text(detail, "reason").value_or("") == "API_KEY_INVALID")
      trouble.code = provider_errc::unauthorized;
    else if (status == 429)
      read_detail(detail, trouble);
  }
  return trouble;
}

std::optional<chat_trouble> gemini_error_in(std::string_view text, int status) {
  rapidjson::Document document;
  if (read_json(text, document) != json_error::none)
    return std::nullopt;
  return gemini_error_of(document, status);
}

chat_trouble gemini_trouble(int status, std::string_view body) {
  if (auto known = gemini_error_in(body, status))
    return *known;
  return {code_of_status(status), status_text(status)};
}

} // namespace velox

#include "tests/support/vendors/fake_gemini.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

namespace velox::test {

namespace {

constexpr const char* unsigned_call
  = "Function call is missing a thought_signature in functionCall parts.";
constexpr const char* wrong_count
  = "Please ensure that the number of function response parts is equal to the "
    "number of function call parts of the function call turn.";

std::string event(const std::string& json) {
  return "data: " + json + "\r\n\r\n";
}

/// Usage on every chunk, growing: the last one counts, thoughts apart.
json_object usage(int words, int thoughts) {
  return json_object{}
    .add("promptTokenCount", 20)
    .add("candidatesTokenCount", words)
    .add("thoughtsTokenCount", thoughts)
    .add("totalTokenCount", 20 + words + thoughts);
}

std::string chunk(const json_array& parts) {
  json_object content;
  content.add("role", "model").add("parts", parts);
  json_object candidate;
  candidate.add("index", 0).add("content", content);
  return event(json_object{}
                 .add("candidates", json_array{}.add(candidate))
                 .add("usageMetadata", usage(3, 1))
                 .str());
}

std::string error_json(int code, const char* status, const char* message,
                       const json_array& details = {}) {
  json_object error;
  error.add("code", code)
    .add("message", message)
    .add("status", status)
    .add("details", details);
  return json_object{}.add("error", error).str();
}

size_t count(const rapidjson::Value& content, const char* kind) {
  size_t found = 0;
  if (auto* parts = json_member(content, "parts"); parts && parts->IsArray())
    for (auto& part : parts->GetArray())
      found += json_member(part, kind) ? 1 : 0;
  return found;
}

/// The first call of a step carries the signature it was given.
bool is_signed(const rapidjson::Value& content) {
  for (auto& part : json_member(content, "parts")->GetArray())
    if (json_member(part, "functionCall"))
      return json_text(part, "thoughtSignature") == "Q2lFc2ln";
  return true;
}

/// What is wrong with the steps among the contents.
const char* wrong_step(const rapidjson::Value& contents) {
  for (rapidjson::SizeType i = 0; i < contents.Size(); ++i) {
    auto calls = count(contents[i], "functionCall");
    if (calls > 0 && !is_signed(contents[i]))
      return unsigned_call;
    auto results = i + 1 < contents.Size()
                     ? count(contents[i + 1], "functionResponse")
                     : 0;
    if (calls > 0 && calls != results)
      return wrong_count;
  }
  return nullptr;
}

class wire : public model_wire {
public:
  std::string content_type() const override { return "text/event-stream"; }

  std::string text(std::string_view piece) const override {
    return chunk(json_array{}.add(json_object{}.add("text", piece)));
  }

  std::vector<std::string>
  calls(const std::vector<tool_call>& calls) const override {
    if (calls.empty())
      return {};
    json_array parts;
    parts.add(json_object{}.add("text", "a thought").add("thought", true));
    for (size_t i = 0; i < calls.size(); ++i) {
      json_object call, part;
      if (!calls[i].id.empty())
        call.add("id", calls[i].id);
      call.add("name", calls[i].name).add_raw("args", calls[i].arguments);
      part.add("functionCall", call);
      if (i == 0)
        part.add("thoughtSignature", "Q2lFc2ln");
      parts.add(part);
    }
    return {chunk(parts)};
  }

  std::string closing(fake_end end, bool) const override {
    json_object candidate;
    candidate.add("index", 0)
      .add("content", json_object{})
      .add("finishReason", end == fake_end::length    ? "MAX_TOKENS"
                           : end == fake_end::blocked ? "SAFETY"
                                                      : "STOP");
    return event(json_object{}
                   .add("candidates", json_array{}.add(candidate))
                   .add("usageMetadata", usage(7, 2))
                   .str());
  }

  std::string error_in_stream() const override {
    return "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"The "
           "model is overloaded.\",\n    \"status\": \"UNAVAILABLE\"\n  }\n}\n";
  }

  std::string error_body(int status) const override {
    switch (status) {
      case 401:
      case 403: return error_json(status, "PERMISSION_DENIED", "AIza-secret");
      case 429: {
        json_object info;
        info.add("@type", "type.googleapis.com/google.rpc.RetryInfo")
          .add("retryDelay", "34.4s");
        return error_json(429, "RESOURCE_EXHAUSTED", "quota",
                          json_array{}.add(info));
      }
      case 503: return error_json(503, "UNAVAILABLE", "overloaded");
      default: return error_json(status, "INTERNAL", "internal");
    }
  }

  std::optional<std::pair<int, std::string>>
  complaint(const vendor_request& x) const override {
    if (x.header("x-goog-api-key") != "test-key")
      return std::pair{403, error_body(403)};
    if (x.method != "POST" || !x.path.ends_with(":streamGenerateContent")
        || x.parameter("alt") != "sse")
      return std::pair{404, error_json(404, "NOT_FOUND", "no such route")};
    rapidjson::Document body;
    auto bad = [](const char* why) {
      return std::pair{400, error_json(400, "INVALID_ARGUMENT", why)};
    };
    if (read_json(x.body, body) != json_error::none)
      return bad("no JSON");
    auto* contents = json_member(body, "contents");
    if (!contents || !contents->IsArray() || contents->Empty()
        || json_text((*contents)[0], "role") != "user")
      return bad("contents must begin with the user");
    if (auto* why = wrong_step(*contents))
      return bad(why);
    return std::nullopt;
  }
};

} // namespace

std::unique_ptr<model_wire> gemini_wire() {
  return std::make_unique<wire>();
}

} // namespace velox::test

#include "tests/support/vendors/fake_openai.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <set>

namespace velox::test {

namespace {

std::string event(const std::string& json) {
  return "data: " + json + "\n\n";
}

std::string chunk(const json_object& delta, const char* finish = nullptr) {
  json_object choice;
  choice.add("index", 0).add("delta", delta);
  if (finish)
    choice.add("finish_reason", finish);
  else
    choice.add_null("finish_reason");
  json_object out;
  out.add("id", "chatcmpl-1")
    .add("object", "chat.completion.chunk")
    .add("choices", json_array{}.add(choice))
    .add_null("usage");
  return event(out.str());
}

json_object
call_delta(int64_t index, const tool_call& x, std::string_view arguments) {
  json_object function, call;
  call.add("index", index);
  if (arguments.empty()) {
    function.add("name", x.name);
    call.add("id", x.id).add("type", "function");
  }
  function.add("arguments", arguments);
  call.add("function", function);
  return json_object{}.add("tool_calls", json_array{}.add(call));
}

std::string error_json(std::string_view type, std::string_view code) {
  json_object error;
  error.add("message", "in words that quote sk-secret")
    .add("type", type)
    .add_null("param")
    .add("code", code);
  return json_object{}.add("error", error).str();
}

/// Every call of the assistant is answered by the messages right behind it.
bool calls_are_answered(const rapidjson::Value& messages) {
  std::set<std::string> open;
  for (auto& x : messages.GetArray()) {
    if (json_text(x, "role") == "tool") {
      if (open.erase(std::string{json_text(x, "tool_call_id").value_or("")})
          == 0)
        return false;
      continue;
    }
    if (!open.empty())
      return false;
    if (auto* calls = json_member(x, "tool_calls"))
      for (auto& call : calls->GetArray())
        open.emplace(json_text(call, "id").value_or(""));
  }
  return open.empty();
}

class wire : public model_wire {
public:
  std::string content_type() const override { return "text/event-stream"; }

  std::string opening() const override {
    return ": keep-alive\n\n"
           + chunk(json_object{}.add("role", "assistant").add("content", ""));
  }

  std::string text(std::string_view piece) const override {
    return chunk(json_object{}.add("content", piece));
  }

  std::vector<std::string>
  calls(const std::vector<tool_call>& calls) const override {
    std::vector<std::string> out;
    for (size_t i = 0; i < calls.size(); ++i)
      out.push_back(chunk(call_delta(static_cast<int64_t>(i), calls[i], "")));
    // The arguments of all calls interleave, cut within an escape.
    for (size_t half = 0; half < 2; ++half)
      for (size_t i = 0; i < calls.size(); ++i) {
        std::string_view whole = calls[i].arguments;
        auto cut = std::min(whole.find('\\') + 1, whole.size() / 2);
        auto part = half == 0 ? whole.substr(0, cut) : whole.substr(cut);
        if (!part.empty())
          out.push_back(
            chunk(call_delta(static_cast<int64_t>(i), calls[i], part)));
      }
    return out;
  }

  std::string closing(fake_end end, bool called) const override {
    auto* finish = end == fake_end::length    ? "length"
                   : end == fake_end::blocked ? "content_filter"
                   : called                   ? "tool_calls"
                                              : "stop";
    json_object usage;
    usage.add("prompt_tokens", 20)
      .add("completion_tokens", 9)
      .add("total_tokens", 29);
    return chunk(json_object{}, finish)
           + event(json_object{}
                     .add("choices", json_array{})
                     .add("usage", usage)
                     .str())
           + event("[DONE]");
  }

  std::string error_in_stream() const override {
    return event(error_json("server_error", "server_error"));
  }

  std::string error_body(int status) const override {
    if (status == 401)
      return error_json("invalid_request_error", "invalid_api_key");
    if (status == 429)
      return error_json("requests", "rate_limit_exceeded");
    return error_json("server_error", "");
  }

  std::optional<std::pair<int, std::string>>
  complaint(const vendor_request& x) const override {
    auto bad = [](int status, const char* code) {
      return std::pair{status, error_json("invalid_request_error", code)};
    };
    bool azure = x.header("api-key") == "test-key"
                 && !x.parameter("api-version").empty();
    if (!azure && x.header("authorization") != "Bearer test-key")
      return bad(401, "invalid_api_key");
    rapidjson::Document body;
    if (x.method != "POST" || !x.path.ends_with("/chat/completions"))
      return bad(404, "unknown_url");
    if (read_json(x.body, body) != json_error::none
        || !json_bool(body, "stream").value_or(false))
      return bad(400, "no_stream");
    auto* messages = json_member(body, "messages");
    if (!messages || !messages->IsArray() || !calls_are_answered(*messages))
      return bad(400, "tool_call_without_result");
    return std::nullopt;
  }
};

} // namespace

std::unique_ptr<model_wire> openai_wire() {
  return std::make_unique<wire>();
}

} // namespace velox::test

#include "tests/support/vendors/fake_anthropic.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <atomic>
#include <set>

namespace velox::test {

namespace {

std::string event(const std::string& type, json_object rest = {}) {
  return "event: " + type + "\ndata: " + rest.add("type", type).str() + "\n\n";
}

std::string block(int64_t index, const json_object& start,
                  const std::vector<json_object>& deltas) {
  auto out
    = event("content_block_start",
            json_object{}.add("index", index).add("content_block", start));
  for (auto& x : deltas)
    out += event("content_block_delta",
                 json_object{}.add("index", index).add("delta", x));
  return out + event("content_block_stop", json_object{}.add("index", index));
}

json_object json_delta(std::string_view part) {
  return json_object{}
    .add("type", "input_json_delta")
    .add("partial_json", part);
}

std::string error_json(const char* type) {
  return json_object{}
    .add("type", "error")
    .add("error",
         json_object{}.add("type", type).add("message", "quotes sk-ant-secret"))
    .add("request_id", "req_1")
    .str();
}

/// Each use of a tool has its result in the very next message.
bool calls_are_answered(const rapidjson::Value& messages) {
  std::set<std::string> open;
  for (auto& x : messages.GetArray()) {
    std::set<std::string> fresh;
    if (auto* content = json_member(x, "content");
        content && content->IsArray())
      for (auto& part : content->GetArray()) {
        auto type = json_text(part, "type");
        if (type == "tool_use")
          fresh.emplace(json_text(part, "id").value_or(""));
        if (type == "tool_result"
            && open.erase(
                 std::string{json_text(part, "tool_use_id").value_or("")})
                 == 0)
          return false;
      }
    if (!open.empty())
      return false;
    open = std::move(fresh);
  }
  return open.empty();
}

class wire : public model_wire {
public:
  std::string content_type() const override { return "text/event-stream"; }

  std::string opening() const override {
    json_object usage, message;
    usage.add("input_tokens", 15)
      .add("cache_read_input_tokens", 5)
      .add("output_tokens", 1);
    message.add("role", "assistant").add("usage", usage);
    return event("message_start", json_object{}.add("message", message))
           + event("ping")
           + block(0,
                   json_object{}
                     .add("type", "thinking")
                     .add("thinking", "")
                     .add("signature", ""),
                   {json_object{}
                      .add("type", "thinking_delta")
                      .add("thinking", "a thought"),
                    json_object{}
                      .add("type", "signature_delta")
                      .add("signature", "c2ln")});
  }

  std::string text(std::string_view piece) const override {
    // One block per piece keeps this stateless; vendors may do so as well.
    return block(next_index(),
                 json_object{}.add("type", "text").add("text", ""),
                 {json_object{}.add("type", "text_delta").add("text", piece)});
  }

  std::vector<std::string>
  calls(const std::vector<tool_call>& calls) const override {
    std::vector<std::string> out;
    for (auto& x : calls) {
      std::string_view whole = x.arguments;
      auto start = json_object{}
                     .add("type", "tool_use")
                     .add("id", x.id)
                     .add("name", x.name)
                     .add("input", json_object{});
      out.push_back(
        block(next_index(), start,
              {json_delta(""), json_delta(whole.substr(0, whole.size() / 2)),
               json_delta(whole.substr(whole.size() / 2))}));
    }
    return out;
  }

  std::string closing(fake_end end, bool called) const override {
    json_object delta;
    delta
      .add("stop_reason", end == fake_end::length    ? "max_tokens"
                          : end == fake_end::blocked ? "refusal"
                          : called                   ? "tool_use"
                                                     : "end_turn")
      .add_null("stop_sequence");
    return event("message_delta",
                 json_object{}
                   .add("delta", delta)
                   .add("usage", json_object{}.add("output_tokens", 9)))
           + event("message_stop");
  }

  std::string error_in_stream() const override {
    return "event: error\ndata: " + error_json("overloaded_error") + "\n\n";
  }

  std::string error_body(int status) const override {
    return error_json(status == 401   ? "authentication_error"
                      : status == 429 ? "rate_limit_error"
                      : status == 529 ? "overloaded_error"
                                      : "api_error");
  }

  std::optional<std::pair<int, std::string>>
  complaint(const vendor_request& x) const override {
    if (x.header("x-api-key") != "test-key")
      return std::pair{401, error_body(401)};
    if (x.method != "POST" || x.path != "/v1/messages")
      return std::pair{404, error_json("not_found_error")};
    rapidjson::Document body;
    auto bad = std::pair{400, error_json("invalid_request_error")};
    if (x.header("anthropic-version") != "2023-06-01"
        || read_json(x.body, body) != json_error::none
        || json_integer(body, "max_tokens").value_or(0) < 1
        || !json_bool(body, "stream").value_or(false))
      return bad;
    auto* messages = json_member(body, "messages");
    if (!messages || !messages->IsArray() || messages->Empty()
        || json_text((*messages)[0], "role") != "user"
        || !calls_are_answered(*messages))
      return bad;
    return std::nullopt;
  }

private:
  /// No index comes twice within an answer: they need not be dense.
  static int64_t next_index() {
    static std::atomic<int64_t> last = 0;
    return ++last;
  }
};

} // namespace

std::unique_ptr<model_wire> anthropic_wire() {
  return std::make_unique<wire>();
}

} // namespace velox::test

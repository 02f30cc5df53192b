#include "tests/support/vendors/fake_ollama.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

namespace velox::test {

namespace {

json_object line_with(const json_object& message) {
  return json_object{}
    .add("model", "fake")
    .add("created_at", "2026-01-01T00:00:00.1Z")
    .add("message", message);
}

json_object assistant(std::string_view content) {
  return json_object{}.add("role", "assistant").add("content", content);
}

class wire : public model_wire {
public:
  std::string content_type() const override { return "application/x-ndjson"; }

  std::string text(std::string_view piece) const override {
    return line_with(assistant(piece)).add("done", false).str() + '\n';
  }

  std::vector<std::string>
  calls(const std::vector<tool_call>& calls) const override {
    std::vector<std::string> out;
    for (size_t i = 0; i < calls.size(); ++i) {
      json_object function, call;
      function.add("index", i)
        .add("name", calls[i].name)
        .add_raw("arguments", calls[i].arguments);
      if (!calls[i].id.empty())
        call.add("id", calls[i].id);
      call.add("function", function);
      auto message = assistant("").add("tool_calls", json_array{}.add(call));
      out.push_back(line_with(message).add("done", false).str() + '\n');
    }
    return out;
  }

  std::string closing(fake_end end, bool) const override {
    return line_with(assistant(""))
             .add("done", true)
             .add("done_reason", end == fake_end::length ? "length" : "stop")
             .add("prompt_eval_count", 20)
             .add("eval_count", 9)
             .str()
           + '\n';
  }

  std::string error_in_stream() const override {
    return error("an error was encountered while running the model") + '\n';
  }

  std::string error_body(int status) const override {
    return error(status == 503 ? "server busy, please try again.  maximum "
                                 "pending requests exceeded"
                               : "something is wrong");
  }

  std::optional<std::pair<int, std::string>>
  complaint(const vendor_request& x) const override {
    if (x.method != "POST" || x.path != "/api/chat")
      return std::pair{404, error("404 page not found")};
    rapidjson::Document body;
    if (read_json(x.body, body) != json_error::none)
      return std::pair{400, error("no JSON")};
    auto model = std::string{json_text(body, "model").value_or("")};
    if (model == "missing")
      return std::pair{404, error("model 'missing' not found")};
    if (model.starts_with("phi3") && json_member(body, "tools"))
      return std::pair{400, error("registry.ollama.ai/library/" + model
                                  + " does not support tools")};
    return std::nullopt;
  }

private:
  static std::string error(std::string_view text) {
    return json_object{}.add("error", text).str();
  }
};

} // namespace

std::unique_ptr<model_wire> ollama_wire() {
  return std::make_unique<wire>();
}

} // namespace velox::test

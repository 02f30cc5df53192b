#include "protocol/ollama_chat.hpp"

#include "protocol/json.hpp"
#include "protocol/ports.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace velox {

namespace {

bool mentions(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Ollama's errors are sentences, without a code; those known get one of ours.
std::string_view name_of(std::string_view message) {
  if (mentions(message, "does not support tools"))
    return "no_tools";
  if (mentions(message, "not found"))
    return "model_not_found";
  if (mentions(message, "server busy"))
    return "server_busy";
  if (mentions(message, "memory"))
    return "out_of_memory";
  return {};
}

/// A JSON number where Ollama wants seconds, a string where it wants "10m".
void add_keep_alive(json_object& body, std::string_view value) {
  bool number = value.find_first_not_of("-0123456789") == value.npos;
  if (number)
    body.add_raw("keep_alive", value);
  else
    body.add("keep_alive", value);
}

} // namespace

std::string
ollama_chat_body(const chat_request& x, const ollama_chat_settings& settings) {
  json_array messages;
  auto add = [&](const char* role, std::string_view content) {
    messages.add(json_object{}.add("role", role).add("content", content));
  };
  if (!x.instructions.empty())
    add("system", x.instructions);
  for (auto& turn : x.turns)
    add(role_name(turn.role), turn.text);
  for (auto& round : x.rounds)
    messages.add_raw(round);
  json_object body;
  body.add("model", x.model).add("messages", messages).add("stream", true);
  if (!settings.keep_alive.empty())
    add_keep_alive(body, settings.keep_alive);
  json_object options;
  options.add("num_predict", x.max_tokens).add("num_ctx", settings.context);
  if (x.temperature)
    options.add("temperature", *x.temperature);
  body.add("options", options);
  if (x.tools && !x.tools->empty()) {
    json_array list;
    for (auto& tool : *x.tools) {
      json_object function;
      function.add("name", tool.name)
        .add("description", tool.description)
        .add_raw("parameters", tool_schema(tool));
      list.add(json_object{}.add("type", "function").add("function", function));
    }
    body.add("tools", list);
  }
  return body.str();
}

std::vector<std::string>
ollama_chat_results(const std::vector<tool_result>& results) {
  std::vector<std::string> messages;
  for (auto& x : results) {
    json_object message;
    message.add("role", "tool").add("tool_name", x.name);
    if (!x.id.empty())
      message.add("tool_call_id", x.id);
    messages.push_back(message.add("content", result_text(x)).str());
  }
  return messages;
}

chat_trouble ollama_chat_trouble(int status, std::string_view body) {
  chat_trouble trouble{code_of_status(status), {}};
  rapidjson::Document document;
  std::string_view name;
  if (read_json(body, document) == json_error::none)
    name = name_of(json_text(document, "error").value_or(""));
  trouble.why = status_text(status, name);
  trouble.tools_refused = name == "no_tools";
  return trouble;
}

void ollama_chat_stream::push(std::string_view bytes, std::string& text) {
  lines_.push(bytes);
  while (state_ == chat_state::open) {
    auto line = lines_.next();
    if (!line)
      break;
    take(*line, text);
  }
  if (lines_.broken() && state_ == chat_state::open)
    fail(provider_errc::broken, "the stream's line is too long");
}

void ollama_chat_stream::close(std::string& text) {
  if (state_ != chat_state::open)
    return;
  if (auto line = lines_.flush())
    take(*line, text);
}

void ollama_chat_stream::take(std::string_view line, std::string& text) {
  rapidjson::Document document;
  if (read_json(line, document) != json_error::none || !document.IsObject())
    return fail(provider_errc::broken, "the stream holds what is no JSON");
  if (auto* error = json_member(document, "error"); error && !error->IsNull()) {
    auto name = name_of(json_text(document, "error").value_or(""));
    return fail(provider_errc::overloaded,
                "error in the stream: " + std::string{name});
  }
  if (auto* message = json_member(document, "message"))
    take_message(*message, text);
  if (state_ != chat_state::open
      || !json_bool(document, "done").value_or(false))
    return;
  auto rest = thoughts_.flush();
  said_ += rest;
  text += rest;
  usage_ = {json_integer(document, "prompt_eval_count").value_or(0),
            json_integer(document, "eval_count").value_or(0)};
  state_ = chat_state::complete;
}

void ollama_chat_stream::take_message(const rapidjson::Value& message,
                                      std::string& text) {
  auto piece = thoughts_.push(json_text(message, "content").value_or(""));
  said_ += piece;
  text += piece;
  auto* calls = json_member(message, "tool_calls");
  if (!calls || !calls->IsArray())
    return;
  for (auto& x : calls->GetArray()) {
    auto* function = json_member(x, "function");
    if (!function || calls_.size() >= 64)
      return fail(provider_errc::broken, "a tool call that makes no sense");
    tool_call call{std::string{json_text(x, "id").value_or("")},
                   std::string{json_text(*function, "name").value_or("")}};
    auto* arguments = json_member(*function, "arguments");
    if (arguments && arguments->IsObject()) {
      rapidjson::StringBuffer out;
      rapidjson::Writer<rapidjson::StringBuffer> writer{out};
      arguments->Accept(writer);
      call.arguments.assign(out.GetString(), out.GetSize());
    }
    calls_.push_back(std::move(call));
  }
}

std::string ollama_chat_stream::echo() const {
  json_array calls;
  for (auto& x : calls_) {
    json_object function, call;
    function.add("name", x.name).add_raw("arguments", x.arguments);
    if (!x.id.empty())
      call.add("id", x.id);
    calls.add(call.add("function", function));
  }
  return json_object{}
    .add("role", "assistant")
    .add("content", said_)
    .add("tool_calls", calls)
    .str();
}

} // namespace velox

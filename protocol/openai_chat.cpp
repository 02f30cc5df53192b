#include "protocol/openai_chat.hpp"

#include "protocol/json.hpp"
#include "protocol/ports.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace velox {

namespace {

json_object message(const char* role, std::string_view content) {
  return json_object{}.add("role", role).add("content", content);
}

std::string tools_json(const std::vector<tool_definition>& tools) {
  json_array list;
  for (auto& tool : tools) {
    json_object function;
    function.add("name", tool.name)
      .add("description", tool.description)
      .add_raw("parameters", tool_schema(tool));
    list.add(json_object{}.add("type", "function").add("function", function));
  }
  return list.str();
}

json_object call_json(const tool_call& x) {
  json_object function;
  function.add("name", x.name).add("arguments", x.arguments);
  return json_object{}
    .add("id", x.id)
    .add("type", "function")
    .add("function", function);
}

/// What an error object means; `status` 0: it came within the stream.
chat_trouble trouble_of(const rapidjson::Value& error, int status) {
  auto code = json_text(error, "code").value_or("");
  auto type = json_text(error, "type").value_or("");
  auto shown = code.empty() ? type : code;
  auto is = [&](std::string_view x) { return code == x || type == x; };
  chat_trouble trouble;
  if (auto number = json_integer(error, "code"); number && status == 0)
    status = static_cast<int>(std::clamp<int64_t>(*number, 0, 999));
  trouble.code
    = status >= 400 ? code_of_status(status) : provider_errc::overloaded;
  if (is("insufficient_quota") || is("billing_hard_limit_reached"))
    trouble.code = provider_errc::out_of_quota;
  else if (is("rate_limit_exceeded"))
    trouble.code = provider_errc::rate_limited;
  else if (is("invalid_api_key") || is("authentication_error"))
    trouble.code = provider_errc::unauthorized;
  else if (status == 0 && is("invalid_request_error"))
    trouble.code = provider_errc::bad_request;
  trouble.why = status > 0 ? status_text(status, shown)
                           : "error in the stream: " + loggable(shown);
  auto what = json_text(error, "message").value_or("");
  trouble.tools_refused
    = status == 400
      && what.find("does not support tools") != std::string_view::npos;
  return trouble;
}

/// Text as it is, anything else written out as JSON.
std::string text_or_json(const rapidjson::Value& x) {
  if (x.IsString())
    return {x.GetString(), x.GetStringLength()};
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  x.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

} // namespace

std::string
openai_chat_body(const chat_request& x, const openai_chat_settings& settings) {
  json_array messages;
  if (!x.instructions.empty())
    messages.add(message("system", x.instructions));
  for (auto& turn : x.turns)
    messages.add(message(role_name(turn.role), turn.text));
  for (auto& round : x.rounds)
    messages.add_raw(round);
  json_object body;
  body.add("model", x.model).add("stream", true);
  if (settings.include_usage)
    body.add("stream_options", json_object{}.add("include_usage", true));
  body.add("messages", messages);
  if (x.tools && !x.tools->empty())
    body.add_raw("tools", tools_json(*x.tools)).add("tool_choice", "auto");
  if (x.temperature)
    body.add("temperature", *x.temperature);
  if (!settings.reasoning_effort.empty())
    body.add("reasoning_effort", settings.reasoning_effort);
  auto* limit
    = settings.legacy_max_tokens ? "max_tokens" : "max_completion_tokens";
  return body.add(limit, x.max_tokens).str();
}

std::vector<std::string>
openai_chat_results(const std::vector<tool_result>& results) {
  std::vector<std::string> messages;
  messages.reserve(results.size());
  for (auto& x : results)
    messages.push_back(json_object{}
                         .add("role", "tool")
                         .add("tool_call_id", x.id)
                         .add("content", result_text(x))
                         .str());
  return messages;
}

chat_trouble openai_chat_trouble(int status, std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) == json_error::none)
    if (auto* error = json_member(document, "error"); error)
      return trouble_of(*error, status);
  return {code_of_status(status), status_text(status)};
}

void openai_chat_stream::take(std::string_view data, std::string& text) {
  if (data == "[DONE]") {
    end_thoughts(text);
    if (state_ == chat_state::open)
      finish("");
    if (state_ == chat_state::finished)
      state_ = chat_state::complete;
    return;
  }
  rapidjson::Document document;
  if (read_json(data, document) != json_error::none || !document.IsObject())
    return fail(provider_errc::broken, "the stream holds what is no JSON");
  if (auto* error = json_member(document, "error"); error && !error->IsNull()) {
    trouble_ = trouble_of(*error, 0);
    state_ = chat_state::failed;
    return;
  }
  if (auto* usage = json_member(document, "usage"); usage && usage->IsObject())
    usage_
      = {json_integer(*usage, "prompt_tokens").value_or(usage_.prompt),
         json_integer(*usage, "completion_tokens").value_or(usage_.completion)};
  auto* choices = json_member(document, "choices");
  if (choices && choices->IsArray() && !choices->Empty())
    take_choice((*choices)[0], text);
}

void openai_chat_stream::take_choice(const rapidjson::Value& choice,
                                     std::string& text) {
  if (auto* delta = json_member(choice, "delta")) {
    say(json_text(*delta, "content").value_or(""), text);
    // Why it will not answer is to be said like an answer.
    say(json_text(*delta, "refusal").value_or(""), text);
    if (auto* calls = json_member(*delta, "tool_calls");
        calls && calls->IsArray())
      for (auto& call : calls->GetArray())
        take_call(call);
  }
  if (auto reason = json_text(choice, "finish_reason")) {
    end_thoughts(text);
    if (state_ == chat_state::open)
      finish(*reason);
  }
}

void openai_chat_stream::say(std::string_view piece, std::string& text) {
  if (piece.empty())
    return;
  auto spoken = thoughts_.push(piece);
  said_ += spoken;
  text += spoken;
}

void openai_chat_stream::end_thoughts(std::string& text) {
  auto rest = thoughts_.flush();
  said_ += rest;
  text += rest;
}

openai_chat_stream::growing_call&
openai_chat_stream::call_of(const rapidjson::Value& delta) {
  auto index = json_integer(delta, "index");
  auto id = json_text(delta, "id").value_or("");
  auto* function = json_member(delta, "function");
  bool named = function && !json_text(*function, "name").value_or("").empty();
  // The last one first: some servers give all calls the same index.
  for (auto i = growing_.rbegin(); i != growing_.rend(); ++i) {
    bool other_id
      = named && !id.empty() && !i->call.id.empty() && i->call.id != id;
    bool same = index        ? i->index == index && !other_id
                : id.empty() ? !named
                             : i->call.id == id;
    if (same)
      return *i;
  }
  return growing_.emplace_back(growing_call{index, {"", "", ""}});
}

void openai_chat_stream::take_call(const rapidjson::Value& delta) {
  if (growing_.size() >= 64) // no model asks for so much
    return fail(provider_errc::broken, "too many tool calls at once");
  auto& call = call_of(delta).call;
  if (call.id.empty())
    call.id = json_text(delta, "id").value_or("");
  auto* function = json_member(delta, "function");
  if (!function)
    return;
  if (call.name.empty())
    call.name = json_text(*function, "name").value_or("");
  if (auto* arguments = json_member(*function, "arguments");
      arguments && !arguments->IsNull())
    call.arguments += text_or_json(*arguments);
}

void openai_chat_stream::finish(std::string_view reason) {
  bool silent = said_.empty() && growing_.empty();
  if (silent && reason == "content_filter")
    return fail(provider_errc::bad_request, "blocked: content_filter");
  state_ = chat_state::finished;
  // Cut off by the limit, the arguments are not all there.
  if (reason == "length")
    growing_.clear();
  for (auto& x : growing_) {
    if (x.call.name.empty())
      continue;
    // The results name their call, so each needs an id.
    if (x.call.id.empty())
      x.call.id = "call_" + std::to_string(calls_.size());
    calls_.push_back(x.call);
    calls_.back().arguments = object_or_empty(x.call.arguments);
  }
}

std::string openai_chat_stream::echo() const {
  json_array calls;
  for (auto& x : calls_)
    calls.add(call_json(x));
  json_object turn;
  turn.add("role", "assistant");
  if (said_.empty())
    turn.add_null("content");
  else
    turn.add("content", said_);
  return turn.add("tool_calls", calls).str();
}

} // namespace velox

#include "protocol/anthropic.hpp"

#include "protocol/json.hpp"
#include "protocol/ports.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace velox {

namespace {

std::string tools_json(const std::vector<tool_definition>& tools) {
  json_array list;
  for (auto& tool : tools)
    list.add(json_object{}
               .add("name", tool.name)
               .add("description", tool.description)
               .add_raw("input_schema", tool_schema(tool)));
  return list.str();
}

/// The code for an error's type; `otherwise` for a type that says nothing.
provider_errc code_of(std::string_view type, provider_errc otherwise) {
  if (type == "authentication_error" || type == "permission_error")
    return provider_errc::unauthorized;
  if (type == "billing_error")
    return provider_errc::out_of_quota;
  if (type == "rate_limit_error")
    return provider_errc::rate_limited;
  if (type == "overloaded_error" || type == "api_error")
    return provider_errc::overloaded;
  if (type == "timeout_error")
    return provider_errc::timed_out;
  if (type == "invalid_request_error" || type == "not_found_error"
      || type == "request_too_large")
    return provider_errc::bad_request;
  return otherwise;
}

std::string to_json(const rapidjson::Value& x) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  x.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

} // namespace

std::string anthropic_body(const chat_request& x) {
  json_array messages;
  for (auto& turn : x.turns)
    messages.add(
      json_object{}
        .add("role", turn.role == chat_role::assistant ? "assistant" : "user")
        .add("content", turn.text));
  for (auto& round : x.rounds)
    messages.add_raw(round);
  json_object body;
  body.add("model", x.model)
    .add("max_tokens", x.max_tokens)
    .add("stream", true);
  if (!x.instructions.empty())
    body.add("system", x.instructions);
  body.add("messages", messages);
  if (x.tools && !x.tools->empty())
    body.add_raw("tools", tools_json(*x.tools))
      .add("tool_choice", json_object{}.add("type", "auto"));
  if (x.temperature)
    body.add("temperature", *x.temperature);
  return body.str();
}

std::string anthropic_results(const std::vector<tool_result>& results) {
  json_array content;
  for (auto& x : results)
    content.add(json_object{}
                  .add("type", "tool_result")
                  .add("tool_use_id", x.id)
                  .add("content", x.output)
                  .add("is_error", x.failed));
  return json_object{}.add("role", "user").add("content", content).str();
}

chat_trouble anthropic_trouble(int status, std::string_view body) {
  rapidjson::Document document;
  auto type = std::string_view{};
  if (read_json(body, document) == json_error::none)
    if (auto* error = json_member(document, "error"))
      type = json_text(*error, "type").value_or("");
  return {code_of(type, code_of_status(status)), status_text(status, type)};
}

void anthropic_stream::take(std::string_view data, std::string& text) {
  rapidjson::Document event;
  if (read_json(data, event) != json_error::none || !event.IsObject())
    return fail(provider_errc::broken, "the stream holds what is no JSON");
  auto type = json_text(event, "type").value_or("");
  if (type == "message_start") {
    if (auto* message = json_member(event, "message"))
      take_usage(*message);
  } else if (type == "content_block_start") {
    start_block(event, text);
  } else if (type == "content_block_delta") {
    grow_block(event, text);
  } else if (type == "content_block_stop") {
    auto found = blocks_.find(json_integer(event, "index").value_or(-1));
    if (found != blocks_.end())
      found->second.stopped = true;
  } else if (type == "message_delta") {
    take_usage(event);
    if (auto* delta = json_member(event, "delta"))
      if (auto reason = json_text(*delta, "stop_reason");
          reason && state_ == chat_state::open)
        finish(*reason);
  } else if (type == "message_stop") {
    if (state_ == chat_state::open)
      finish("");
    if (state_ == chat_state::finished)
      state_ = chat_state::complete;
  } else if (type == "error") {
    std::string_view what;
    if (auto* error = json_member(event, "error"))
      what = json_text(*error, "type").value_or("");
    fail(code_of(what, provider_errc::overloaded),
         "error in the stream: " + loggable(what));
  }
}

void anthropic_stream::take_usage(const rapidjson::Value& holder) {
  auto* usage = json_member(holder, "usage");
  if (!usage)
    return;
  auto count
    = [&](const char* name) { return json_integer(*usage, name).value_or(0); };
  // What was read from a cache or put there is not part of input_tokens.
  int64_t prompt = count("input_tokens") + count("cache_read_input_tokens")
                   + count("cache_creation_input_tokens");
  if (prompt > 0)
    usage_.prompt = prompt;
  usage_.completion
    = json_integer(*usage, "output_tokens").value_or(usage_.completion);
}

void anthropic_stream::start_block(const rapidjson::Value& event,
                                   std::string& text) {
  auto* content = json_member(event, "content_block");
  auto index = json_integer(event, "index");
  if (!content || !index || blocks_.size() >= 256)
    return fail(provider_errc::broken, "a block without content or index");
  block fresh;
  fresh.type = json_text(*content, "type").value_or("");
  if (fresh.type == "text") {
    fresh.content = json_text(*content, "text").value_or("");
    text += fresh.content;
    said_ |= !fresh.content.empty();
  } else if (fresh.type == "tool_use") {
    fresh.id = json_text(*content, "id").value_or("");
    fresh.name = json_text(*content, "name").value_or("");
    // Filled already, if the vendor does not stream arguments.
    auto* input = json_member(*content, "input");
    if (input && input->IsObject() && !input->ObjectEmpty())
      fresh.content = to_json(*input);
  } else if (fresh.type == "thinking") {
    fresh.content = json_text(*content, "thinking").value_or("");
    fresh.signature = json_text(*content, "signature").value_or("");
  } else {
    fresh.raw = to_json(*content);
  }
  blocks_[*index] = std::move(fresh);
}

void anthropic_stream::grow_block(const rapidjson::Value& event,
                                  std::string& text) {
  auto found = blocks_.find(json_integer(event, "index").value_or(-1));
  auto* delta = json_member(event, "delta");
  if (found == blocks_.end() || !delta)
    return;
  auto& grown = found->second;
  auto type = json_text(*delta, "type").value_or("");
  if (type == "text_delta" && grown.type == "text") {
    auto piece = json_text(*delta, "text").value_or("");
    grown.content += piece;
    text += piece;
    said_ |= !piece.empty();
  } else if (type == "input_json_delta" && grown.type == "tool_use") {
    grown.content += json_text(*delta, "partial_json").value_or("");
  } else if (type == "thinking_delta" && grown.type == "thinking") {
    grown.content += json_text(*delta, "thinking").value_or("");
  } else if (type == "signature_delta" && grown.type == "thinking") {
    grown.signature += json_text(*delta, "signature").value_or("");
  }
}

void anthropic_stream::finish(std::string_view reason) {
  if (reason == "refusal" && !said_)
    return fail(provider_errc::bad_request, "blocked: refusal");
  state_ = chat_state::finished;
  // Cut off by a limit, the last call's arguments are not all there.
  if (reason == "max_tokens" || reason == "model_context_window_exceeded"
      || reason == "refusal")
    return;
  for (auto& [index, x] : blocks_)
    if (x.type == "tool_use" && x.stopped)
      calls_.push_back({x.id, x.name, object_or_empty(x.content)});
}

std::string anthropic_stream::block_json(const block& x) {
  if (x.type == "text")
    return json_object{}.add("type", "text").add("text", x.content).str();
  if (x.type == "tool_use")
    return json_object{}
      .add("type", "tool_use")
      .add("id", x.id)
      .add("name", x.name)
      .add_raw("input", object_or_empty(x.content))
      .str();
  if (x.type == "thinking")
    return json_object{}
      .add("type", "thinking")
      .add("thinking", x.content)
      .add("signature", x.signature)
      .str();
  return x.raw;
}

std::string anthropic_stream::echo() const {
  json_array content;
  for (auto& [index, x] : blocks_)
    // The vendor refuses its own empty text.
    if (x.stopped && !(x.type == "text" && x.content.empty()))
      content.add_raw(block_json(x));
  return json_object{}.add("role", "assistant").add("content", content).str();
}

} // namespace velox

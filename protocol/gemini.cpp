#include "protocol/gemini.hpp"

#include "protocol/gemini_trouble.hpp"
#include "protocol/json.hpp"
#include "protocol/ports.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>

namespace velox {

namespace {

std::string to_json(const rapidjson::Value& x) {
  rapidjson::StringBuffer out;
  rapidjson::Writer<rapidjson::StringBuffer> writer{out};
  x.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

json_array text_part(std::string_view text) {
  return json_array{}.add(json_object{}.add("text", text));
}

std::string tools_json(const std::vector<tool_definition>& tools) {
  json_array list;
  for (auto& tool : tools)
    list.add(json_object{}
               .add("name", tool.name)
               .add("description", tool.description)
               .add_raw("parametersJsonSchema", tool_schema(tool)));
  return json_array{}
    .add(json_object{}.add("functionDeclarations", list))
    .str();
}

/// Reasons that speak of what was asked or would have been said; all others
/// are mishaps of the model.
bool is_refusal(std::string_view reason) {
  constexpr auto refusals = std::to_array<std::string_view>(
    {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT",
     "SPII"});
  return std::ranges::find(refusals, reason) != refusals.end();
}

} // namespace

gemini_settings gemini_without_thoughts(std::string_view model) {
  if (model.starts_with("models/"))
    model.remove_prefix(7);
  if (model.starts_with("gemini-2.5-pro"))
    return {128, {}}; // it cannot be switched off there
  if (model.starts_with("gemini-2.5"))
    return {0, {}};
  if (model.starts_with("gemini-3"))
    return {std::nullopt, "LOW"};
  return {};
}

std::string
gemini_body(const chat_request& x, const gemini_settings& settings) {
  json_array contents;
  for (auto& turn : x.turns)
    contents.add(
      json_object{}
        .add("role", turn.role == chat_role::assistant ? "model" : "user")
        .add("parts", text_part(turn.text)));
  for (auto& round : x.rounds)
    contents.add_raw(round);
  json_object body;
  if (!x.instructions.empty())
    body.add("systemInstruction",
             json_object{}.add("parts", text_part(x.instructions)));
  body.add("contents", contents);
  if (x.tools && !x.tools->empty())
    body.add_raw("tools", tools_json(*x.tools));
  json_object config;
  config.add("maxOutputTokens", x.max_tokens);
  if (x.temperature)
    config.add("temperature", *x.temperature);
  // One of the two: what both together mean is written nowhere.
  if (settings.thinking_budget)
    config.add("thinkingConfig",
               json_object{}.add("thinkingBudget", *settings.thinking_budget));
  else if (!settings.thinking_level.empty())
    config.add("thinkingConfig",
               json_object{}.add("thinkingLevel", settings.thinking_level));
  return body.add("generationConfig", config).str();
}

std::string gemini_results(const std::vector<tool_result>& results) {
  json_array parts;
  for (auto& x : results) {
    json_object response, holder;
    response.add_raw(x.failed ? "error" : "output", result_json(x));
    if (!x.id.empty())
      holder.add("id", x.id);
    holder.add("name", x.name).add("response", response);
    parts.add(json_object{}.add("functionResponse", holder));
  }
  return json_object{}.add("role", "user").add("parts", parts).str();
}

void gemini_stream::close(std::string& text) {
  sse_chat_stream::close(text);
  if (state_ == chat_state::finished) {
    state_ = chat_state::complete;
  } else if (state_ == chat_state::open) {
    // A stream may end with an error that is no event, printed over lines.
    if (auto error = gemini_error_in(events_.stray(), 0)) {
      trouble_ = *error;
      state_ = chat_state::failed;
    }
  }
}

void gemini_stream::take(std::string_view data, std::string& text) {
  rapidjson::Document chunk;
  if (read_json(data, chunk) != json_error::none || !chunk.IsObject())
    return fail(provider_errc::broken, "the stream holds what is no JSON");
  if (auto error = gemini_error_of(chunk, 0)) {
    trouble_ = *error;
    state_ = chat_state::failed;
    return;
  }
  if (auto* usage = json_member(chunk, "usageMetadata")) {
    auto count = [&](const char* name) {
      return json_integer(*usage, name).value_or(0);
    };
    // Thoughts are paid for like words. Each chunk counts from the beginning.
    usage_ = {count("promptTokenCount") + count("toolUsePromptTokenCount"),
              count("candidatesTokenCount") + count("thoughtsTokenCount")};
  }
  auto* candidates = json_member(chunk, "candidates");
  if (candidates && candidates->IsArray() && !candidates->Empty())
    return take_candidate((*candidates)[0], text);
  auto* feedback = json_member(chunk, "promptFeedback");
  auto reason = feedback ? json_text(*feedback, "blockReason") : std::nullopt;
  if (reason && !said_)
    fail(provider_errc::bad_request, "blocked: " + loggable(*reason));
}

void gemini_stream::take_candidate(const rapidjson::Value& candidate,
                                   std::string& text) {
  auto* content = json_member(candidate, "content");
  auto* parts = content ? json_member(*content, "parts") : nullptr;
  if (parts && parts->IsArray())
    for (rapidjson::SizeType i = 0; i < parts->Size(); ++i)
      take_part((*parts)[i], i, text);
  if (auto reason = json_text(candidate, "finishReason");
      reason && state_ == chat_state::open)
    finish(*reason);
}

void gemini_stream::take_part(const rapidjson::Value& x, size_t place,
                              std::string& text) {
  if (!x.IsObject() || parts_.size() >= 4096)
    return fail(provider_errc::broken, "a part that makes no sense");
  part fresh;
  fresh.json = to_json(x);
  fresh.place = place;
  fresh.signed_part = !json_text(x, "thoughtSignature").value_or("").empty();
  bool thought = json_bool(x, "thought").value_or(false);
  if (auto words = json_text(x, "text"); words && !thought) {
    fresh.text = *words;
    fresh.plain_text = !fresh.signed_part && x.MemberCount() == 1;
    text += *words;
    said_ |= !words->empty();
  }
  if (auto* call = json_member(x, "functionCall")) {
    auto* arguments = json_member(*call, "args");
    fresh.call = tool_call{
      std::string{json_text(*call, "id").value_or("")},
      std::string{json_text(*call, "name").value_or("")},
      arguments && arguments->IsObject() ? to_json(*arguments) : "{}"};
    if (delivered_again(fresh))
      return;
  }
  // Pieces of one text are one part; a signature stays where it was.
  if (fresh.plain_text && !parts_.empty() && parts_.back().plain_text)
    parts_.back().text += fresh.text;
  else
    parts_.push_back(std::move(fresh));
}

/// Some streams send a call once more when they have its signature: that is
/// not a second call.
bool gemini_stream::delivered_again(const part& x) {
  for (auto& known : parts_) {
    if (!known.call)
      continue;
    bool same = x.call->id.empty()
                  ? known.call->id.empty() && known.place == x.place
                      && known.call->name == x.call->name
                      && known.call->arguments == x.call->arguments
                      && x.signed_part && !known.signed_part
                  : known.call->id == x.call->id;
    if (!same)
      continue;
    if (x.signed_part || !known.signed_part) {
      known.json = x.json;
      known.call = x.call;
      known.signed_part = x.signed_part;
    }
    return true;
  }
  return false;
}

void gemini_stream::finish(std::string_view reason) {
  for (auto& x : parts_)
    if (x.call)
      calls_.push_back(*x.call);
  bool silent = !said_ && calls_.empty();
  if (!silent || reason == "STOP" || reason == "MAX_TOKENS") {
    state_ = chat_state::finished;
    return;
  }
  if (is_refusal(reason))
    fail(provider_errc::bad_request, "blocked: " + loggable(reason));
  else
    fail(provider_errc::broken, "no answer: " + loggable(reason));
}

std::string gemini_stream::echo() const {
  json_array parts;
  for (auto& x : parts_) {
    if (!x.plain_text)
      parts.add_raw(x.json);
    else if (!x.text.empty())
      parts.add(json_object{}.add("text", x.text));
  }
  return json_object{}.add("role", "model").add("parts", parts).str();
}

} // namespace velox

#pragma once

#include "protocol/chat_request.hpp"
#include "protocol/sse_chat_stream.hpp"

#include <rapidjson/fwd.h>

/// OpenAI's Chat Completions, streaming, as OpenAI defines them
/// (openai-openapi, CreateChatCompletionStreamResponse) and as those who
/// imitate them speak it.

namespace velox {

struct openai_chat_settings {
  /// Asks for the usage in a chunk of its own; not every server takes that.
  bool include_usage = true;
  /// Names the limit `max_tokens`, as older servers want it.
  bool legacy_max_tokens = false;
  /// For models that think: "none", "minimal", "low"; empty: not sent.
  std::string reasoning_effort{};
};

/// The body of the request.
std::string
openai_chat_body(const chat_request& x, const openai_chat_settings& settings);

/// The messages that carry the results, as a list of JSON objects.
std::vector<std::string>
openai_chat_results(const std::vector<tool_result>& results);

/// What an answer other than 200 means.
chat_trouble openai_chat_trouble(int status, std::string_view body);

class openai_chat_stream : public sse_chat_stream {
public:
  std::string echo() const override;

private:
  struct growing_call {
    std::optional<int64_t> index;
    tool_call call; ///< its arguments as far as they have come
  };

  void take(std::string_view data, std::string& text) override;
  void take_choice(const rapidjson::Value& choice, std::string& text);
  void take_call(const rapidjson::Value& delta);
  growing_call& call_of(const rapidjson::Value& delta);
  void finish(std::string_view reason);
  void say(std::string_view piece, std::string& text);
  void end_thoughts(std::string& text);

  think_filter thoughts_;
  std::string said_;
  std::vector<growing_call> growing_;
};

} // namespace velox

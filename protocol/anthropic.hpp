#pragma once

#include "protocol/chat_request.hpp"
#include "protocol/sse_chat_stream.hpp"

#include <rapidjson/fwd.h>

#include <map>

/// Anthropic's Messages, streaming (anthropic-sdk-python: types,
/// _streaming.py).

namespace velox {

/// The body of the request. Turns must begin with the user's.
std::string anthropic_body(const chat_request& x);

/// The one message that carries all results, as a JSON object.
std::string anthropic_results(const std::vector<tool_result>& results);

/// What an answer other than 200 means.
chat_trouble anthropic_trouble(int status, std::string_view body);

class anthropic_stream : public sse_chat_stream {
public:
  std::string echo() const override;

private:
  /// A part of the model's turn: text, a thought or a tool call.
  struct block {
    std::string type;
    std::string id;
    std::string name;
    std::string content; ///< text, thought or arguments so far
    std::string signature;
    std::string raw; ///< as it began, for kinds that we do not know
    bool stopped = false;
  };

  void take(std::string_view data, std::string& text) override;
  void start_block(const rapidjson::Value& event, std::string& text);
  void grow_block(const rapidjson::Value& event, std::string& text);
  void take_usage(const rapidjson::Value& holder);
  void finish(std::string_view reason);
  static std::string block_json(const block& x);

  bool said_ = false;
  std::map<int64_t, block> blocks_;
};

} // namespace velox

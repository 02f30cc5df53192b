#pragma once

#include "protocol/chat_request.hpp"
#include "protocol/chat_stream.hpp"
#include "protocol/ndjson.hpp"

#include <rapidjson/fwd.h>

/// Ollama's /api/chat, streaming (ollama docs/api.md, api/types.go).

namespace velox {

struct ollama_chat_settings {
  /// How long the model stays in memory: "10m", "-1" for ever; empty: the
  /// server's default.
  std::string keep_alive = "10m";
  /// How many tokens the model sees; what is beyond is cut off silently.
  int context = 4096;
};

/// The body of the request.
std::string
ollama_chat_body(const chat_request& x, const ollama_chat_settings& settings);

/// The messages that carry the results, as a list of JSON objects.
std::vector<std::string>
ollama_chat_results(const std::vector<tool_result>& results);

/// What an answer other than 200 means.
chat_trouble ollama_chat_trouble(int status, std::string_view body);

class ollama_chat_stream : public chat_stream {
public:
  void push(std::string_view bytes, std::string& text) override;
  void close(std::string& text) override;
  std::string echo() const override;

private:
  void take(std::string_view line, std::string& text);
  void take_message(const rapidjson::Value& message, std::string& text);

  ndjson_parser lines_;
  think_filter thoughts_;
  std::string said_;
};

} // namespace velox

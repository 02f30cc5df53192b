#pragma once

#include "protocol/chat_request.hpp"
#include "protocol/sse_chat_stream.hpp"

#include <rapidjson/fwd.h>

/// Gemini's streamGenerateContent?alt=sse (googleapis
/// google/ai/generativelanguage/v1beta, python-genai).

namespace velox {

struct gemini_settings {
  /// Tokens for thoughts: 0 none, -1 as the model likes. A model that does not
  /// think refuses either of the two, so send what `gemini_without_thoughts`
  /// says.
  std::optional<int> thinking_budget{};
  std::string thinking_level{}; ///< "LOW", for newer models; empty: not sent
};

/// How little `model` can be made to think.
gemini_settings gemini_without_thoughts(std::string_view model);

/// The body of the request. Turns must begin with the user's.
std::string gemini_body(const chat_request& x, const gemini_settings& settings);

/// The one message that carries all results of a step, as a JSON object.
std::string gemini_results(const std::vector<tool_result>& results);

/// What an answer other than 200 means.
chat_trouble gemini_trouble(int status, std::string_view body);

class gemini_stream : public sse_chat_stream {
public:
  void close(std::string& text) override;
  std::string echo() const override;

private:
  /// A part of the model's turn. It goes back just as it came, its signature
  /// on the same part.
  struct part {
    std::string json;
    std::string text;        ///< of a part that is nothing but text
    bool plain_text = false; ///< unsigned: may grow by the next such part
    bool signed_part = false;
    size_t place = 0; ///< among the parts of its chunk
    std::optional<tool_call> call{};
  };

  void take(std::string_view data, std::string& text) override;
  void take_candidate(const rapidjson::Value& candidate, std::string& text);
  void take_part(const rapidjson::Value& x, size_t place, std::string& text);
  bool delivered_again(const part& x);
  void finish(std::string_view reason);

  std::vector<part> parts_;
  bool said_ = false;
};

} // namespace velox

#pragma once

#include "protocol/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a chat vendor is asked, before it is put into the vendor's words.

namespace velox {

struct tool_definition;

enum class chat_role : uint8_t {
  user,
  assistant,
  note, ///< a remark of ours for the model, nobody said it
};

/// The role as OpenAI and those after it call it: "user", "assistant",
/// "system".
const char* role_name(chat_role x);

struct chat_turn {
  chat_role role = chat_role::user;
  std::string text;

  bool operator==(const chat_turn&) const = default;
};

struct chat_request {
  std::string model;
  std::string instructions; ///< the system prompt; may be empty
  std::vector<chat_turn> turns;
  /// What followed within this answer: the model's calls and their results, as
  /// JSON messages of the vendor.
  std::vector<std::string> rounds{};
  const std::vector<tool_definition>* tools = nullptr; ///< null: none
  std::optional<double> temperature{};                 ///< 0 to 2
  int max_tokens = 300;                                ///< of the answer
};

struct chat_style {
  /// The vendor goes on behind an assistant's message at the end; others get a
  /// note that tells them to.
  bool prefill = false;
  /// Notes are given to the model as a user's message in brackets, merged with
  /// its neighbours, and the first message is a user's: for vendors and prompt
  /// templates that insist on turns.
  bool notes_as_user = false;
};

/// The conversation of `x` as messages, instructions aside: no two neighbours
/// of the same role, interruptions and misunderstandings as bracketed notes,
/// never empty.
std::vector<chat_turn> make_turns(const prompt& x, const chat_style& style);

/// What the calls brought, in the order of the calls: found by id, or else by
/// place. A call without result gets one that says so.
std::vector<tool_result> match_results(const std::vector<tool_call>& calls,
                                       const std::vector<tool_result>& results);

/// The result as a text for the model: its output, or {"error": output}.
std::string result_text(const tool_result& x);

/// The output as JSON: as it is, or as a JSON string when it is no JSON.
std::string result_json(const tool_result& x);

/// A definition's JSON Schema; an object without properties when it is none.
std::string tool_schema(const tool_definition& x);

} // namespace velox

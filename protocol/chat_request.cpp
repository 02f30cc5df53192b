#include "protocol/chat_request.hpp"

#include "protocol/chat_stream.hpp"
#include "protocol/json.hpp"
#include "protocol/ports.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace velox {

namespace {

constexpr std::string_view greet = "[The call begins. Greet the caller.]";
constexpr std::string_view begun = "[The call begins.]";
constexpr std::string_view waits = "[The caller waits for you to go on.]";
constexpr std::string_view not_understood
  = "[The caller spoke, but it was not understood. Ask them to say it again.]";
constexpr std::string_view lost = "[The caller spoke, but it was not "
                                  "understood.]";
constexpr std::string_view cut_off = "[The caller interrupted here.]";
constexpr std::string_view go_on
  = "[The caller has heard your last message. Go on right behind it with the "
    "rest of your answer, and repeat nothing of it.]";

std::string_view trimmed_end(std::string_view text) {
  auto end = text.find_last_not_of(" \t\r\n");
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

/// What the history says of one message; nothing for one without content.
std::optional<chat_turn> make_turn(const chat_message& x, bool last) {
  auto text = std::string{trimmed_end(x.text)};
  if (x.role != "assistant") {
    if (text.empty())
      text = last ? not_understood : lost;
    return chat_turn{chat_role::user, std::move(text)};
  }
  if (x.interrupted) {
    text += text.empty() ? "" : " ";
    text += cut_off;
  }
  if (text.empty())
    return std::nullopt;
  return chat_turn{chat_role::assistant, std::move(text)};
}

/// Appends to the last message when that has the same role.
void append(std::vector<chat_turn>& turns, chat_turn x) {
  if (!turns.empty() && turns.back().role == x.role) {
    turns.back().text += '\n';
    turns.back().text += x.text;
  } else {
    turns.push_back(std::move(x));
  }
}

bool is_json(std::string_view text) {
  rapidjson::Document document;
  return !text.empty() && read_json(text, document) == json_error::none;
}

} // namespace

std::vector<chat_turn> make_turns(const prompt& x, const chat_style& style) {
  auto note = style.notes_as_user ? chat_role::user : chat_role::note;
  std::vector<chat_turn> turns;
  for (size_t i = 0; i < x.history.size(); ++i) {
    auto turn = make_turn(x.history[i], i + 1 == x.history.size());
    if (!turn)
      continue;
    // Turns begin with the caller, where the vendor insists on it.
    if (turns.empty() && style.notes_as_user
        && turn->role == chat_role::assistant)
      turns.push_back({note, std::string{begun}});
    append(turns, std::move(*turn));
  }
  if (turns.empty())
    append(turns, {note, std::string{greet}});
  auto said = std::string{trimmed_end(x.said_so_far)};
  if (!said.empty()) {
    // The greeting's own note, or the caller, is in front of it; if not, this
    // is still one message of the assistant.
    append(turns, {chat_role::assistant, std::move(said)});
    if (!style.prefill)
      append(turns, {note, std::string{go_on}});
  } else if (turns.back().role == chat_role::assistant) {
    append(turns, {note, std::string{waits}});
  }
  return turns;
}

std::vector<tool_result>
match_results(const std::vector<tool_call>& calls,
              const std::vector<tool_result>& results) {
  std::vector<tool_result> matched;
  for (size_t i = 0; i < calls.size(); ++i) {
    auto& call = calls[i];
    auto same_id = [&](const tool_result& x) {
      return !call.id.empty() && x.id == call.id;
    };
    auto found = std::ranges::find_if(results, same_id);
    if (found == results.end() && i < results.size()
        && (results[i].id.empty() || call.id.empty()))
      found = results.begin() + static_cast<std::ptrdiff_t>(i);
    tool_result x{call.id, call.name, R"("no result")", true};
    if (found != results.end()) {
      x.output = found->output;
      x.failed = found->failed;
    }
    matched.push_back(std::move(x));
  }
  return matched;
}

std::string result_text(const tool_result& x) {
  if (x.failed)
    return json_object{}.add_raw("error", result_json(x)).str();
  return x.output.empty() ? "null" : x.output;
}

std::string result_json(const tool_result& x) {
  if (is_json(x.output))
    return x.output;
  std::string text;
  append_json_string(text, x.output);
  return text;
}

const char* role_name(chat_role x) {
  switch (x) {
    case chat_role::user: return "user";
    case chat_role::assistant: return "assistant";
    case chat_role::note: return "system";
  }
  return "system";
}

std::string tool_schema(const tool_definition& x) {
  auto schema = object_or_empty(x.parameters);
  return schema == "{}" ? R"({"type":"object","properties":{}})" : schema;
}

} // namespace velox

#include "actors/llm.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <utility>

/// What a model wants done: end_call and transfer_call here, the rest by the
/// tool port.

namespace velox::actors {

namespace {

tool_result outcome(const tool_call& of, std::string output, bool failed) {
  return {of.id, of.name, std::move(output), failed};
}

std::string argument(const tool_call& x, const char* name) {
  rapidjson::Document args;
  if (read_json(x.arguments, args) != json_error::none || !args.IsObject())
    return {};
  return std::string{json_text(args, name).value_or("")};
}

/// What the model would like to have said last.
std::string farewell(const tool_call& x) {
  return argument(x, "message");
}

std::string language_schema(const std::vector<spoken_language>& languages) {
  std::string codes;
  for (auto& x : languages)
    codes += (codes.empty() ? "\"" : ",\"") + x.language + '"';
  return R"({"type":"object","properties":{"language":{"type":"string",)"
         R"("enum":[)"
         + codes + R"(]}},"required":["language"]})";
}

} // namespace

std::vector<tool_definition> built_in_tools(const built_in_reach& x) {
  std::vector<tool_definition> result;
  auto words = R"({"type":"object","properties":{"message":{"type":"string",)"
               R"("description":"What to say to the caller before."}}})";
  result.push_back({"end_call",
                    "Hang up. Call it when the caller is done, after or with "
                    "a goodbye.",
                    words});
  if (x.can_transfer)
    result.push_back({"transfer_call",
                      "Put the caller through to a person. Call it when the "
                      "caller asks for one, or when you cannot help.",
                      words});
  if (x.can_press)
    result.push_back({"press_keys",
                      "Press keys of the telephone, for a machine that offers "
                      "a menu. What it says then is its next turn.",
                      R"({"type":"object","properties":{"keys":{"type":)"
                      R"("string","description":"0-9, * and #; w waits half )"
                      R"(a second"}},"required":["keys"]})"});
  if (!x.languages.empty())
    result.push_back({"set_language",
                      "Go on in another language. Call it when the caller "
                      "speaks, or asks for, another one.",
                      language_schema(x.languages)});
  return result;
}

void llm_state::on_tool_calls(const tool_calls& x) {
  if (!answering || x.turn != turn || !wins(x.attempt))
    return;
  if (speculating) { // what has effects waits for the end of the turn
    held_calls = x;
    return;
  }
  while (auto rest = splitter.flush()) // "Let me look that up."
    say(std::move(*rest));
  results = {turn, {}};
  open_calls = x.calls;
  std::vector<tool_call> others;
  for (auto& one : x.calls) {
    self->send(call, log_entry{"tool-called", turn,
                               json_object{}.add("tool", one.name).str()});
    if (auto result = built_in(one))
      on_tool_result(std::move(*result));
    else
      others.push_back(one);
  }
  start_tools(others);
}

void llm_state::start_tools(const std::vector<tool_call>& calls) {
  if (calls.empty())
    return;
  self->send(call, tools_at_work{turn, true});
  wake(self, options.tool_due, tool_timer | ++tool_rounds);
  for (auto& one : calls) {
    self->send(call, usage_noted{turn, "tools", one.name, "call", 1});
    auto missing = json_object{}.add("error", "There is no such tool.").str();
    if (!options.tools)
      on_tool_result(outcome(one, std::move(missing), true));
    else
      options.tools->call(
        options.model.call_id, one,
        [to = caf::actor_cast<llm_actor>(self)](tool_result done) {
          caf::anon_send(to, std::move(done));
        });
  }
}

/// What has not answered by now has failed, for all that the model knows.
void llm_state::give_up_tools(uint64_t number) {
  if (number != tool_rounds || !answering)
    return;
  auto late = open_calls;
  for (auto& one : late) {
    self->send(call, log_entry{"tool-late", turn,
                               json_object{}.add("tool", one.name).str()});
    on_tool_result(outcome(
      one, json_object{}.add("error", "The tool did not answer in time.").str(),
      true));
  }
}

std::optional<tool_result> llm_state::built_in(const tool_call& x) {
  if (x.name == "press_keys")
    return dial(x);
  if (x.name == "set_language" && !options.languages.empty())
    return change_language(x);
  if (x.name == "end_call") {
    then = next_step::hang_up;
  } else if (x.name == "transfer_call") {
    if (options.transfer_number.empty())
      return outcome(
        x, json_object{}.add("error", "There is nobody to transfer to.").str(),
        true);
    then = next_step::transfer;
  } else {
    return std::nullopt;
  }
  if (auto text = farewell(x); !text.empty() && next_sentence == 0)
    say(std::move(text));
  return outcome(x, json_object{}.add("ok", true).str(), false);
}

/// They are pressed once all that was said before has been heard.
tool_result llm_state::dial(const tool_call& x) {
  auto keys = argument(x, "keys");
  auto known = [](char c) {
    return (c >= '0' && c <= '9') || c == '*' || c == '#' || c == 'w';
  };
  if (keys.empty() || !std::all_of(keys.begin(), keys.end(), known))
    return outcome(
      x, json_object{}.add("error", "keys: give 0-9, *, # and w only").str(),
      true);
  press += keys;
  return outcome(x, json_object{}.add("ok", true).str(), false);
}

/// Whoever listens and speaks learns of it here, so that no sentence in the new
/// language comes first.
tool_result llm_state::change_language(const tool_call& x) {
  auto wanted = argument(x, "language");
  auto to = std::find_if(options.languages.begin(), options.languages.end(),
                         [&](auto& y) { return y.language == wanted; });
  if (to == options.languages.end())
    return outcome(
      x, json_object{}.add("error", "language: not one of the list").str(),
      true);
  use_language news{to->language, to->voice, to->instructions};
  self->send(others.stt, news);
  self->send(others.tts, news);
  self->send(others.turn_taker, news);
  self->send(call, language_chosen{to->language});
  return outcome(x, json_object{}.add("speak", to->language).str(), false);
}

void llm_state::on_tool_result(tool_result x) {
  auto of = std::find_if(open_calls.begin(), open_calls.end(), [&](auto& y) {
    return y.id == x.id && y.name == x.name;
  });
  if (!answering || of == open_calls.end())
    return;
  open_calls.erase(of);
  results.results.push_back(std::move(x));
  if (!open_calls.empty())
    return;
  ++tool_rounds;
  self->send(call, tools_at_work{turn, false});
  if (then != next_step::listen || !press.empty()) { // nothing to add
    answer_done last;
    last.turn = turn;
    done = last;
    if (auto* one = find(winner))
      session(one->model).cancel(turn); // it waits for results
    finish();
    return;
  }
  if (auto* one = find(winner))
    session(one->model).use_results(results);
}

} // namespace velox::actors

#include "actors/llm.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>

/// What a model wants done: end_call and transfer_call here, the rest by the
/// tool port.

namespace velox::actors {

namespace {

tool_result outcome(const tool_call& of, std::string output, bool failed) {
  return {of.id, of.name, std::move(output), failed};
}

/// What the model would like to have said last.
std::string farewell(const tool_call& x) {
  rapidjson::Document args;
  if (read_json(x.arguments, args) != json_error::none || !args.IsObject())
    return {};
  return std::string{json_text(args, "message").value_or("")};
}

} // namespace

std::vector<tool_definition> built_in_tools(bool can_transfer) {
  std::vector<tool_definition> result;
  auto words = R"({"type":"object","properties":{"message":{"type":"string",)"
               R"("description":"What to say to the caller before."}}})";
  result.push_back({"end_call",
                    "Hang up. Call it when the caller is done, after or with "
                    "a goodbye.",
                    words});
  if (can_transfer)
    result.push_back({"transfer_call",
                      "Put the caller through to a person. Call it when the "
                      "caller asks for one, or when you cannot help.",
                      words});
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
  for (auto& one : others) {
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

std::optional<tool_result> llm_state::built_in(const tool_call& x) {
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
  if (then != next_step::listen) { // it is over; there is nothing to add
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

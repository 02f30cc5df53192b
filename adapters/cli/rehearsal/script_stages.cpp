#include "adapters/cli/rehearsal/script_fields.hpp"
#include "adapters/cli/rehearsal/script_reader.hpp"

#include <array>
#include <fmt/format.h>

namespace velox::rehearsal {

namespace {

constexpr std::array<std::pair<std::string_view, mishap>, 7> mishaps{{
  {"lose", mishap::lose},
  {"delay", mishap::delay},
  {"duplicate", mishap::duplicate},
  {"fail", mishap::fail},
  {"slow", mishap::slow},
  {"crash", mishap::crash},
  {"hang", mishap::hang},
}};

constexpr std::array<std::pair<std::string_view, provider_errc>, 9> codes{{
  {"broken", provider_errc::broken},
  {"unreachable", provider_errc::unreachable},
  {"timed_out", provider_errc::timed_out},
  {"unauthorized", provider_errc::unauthorized},
  {"out_of_quota", provider_errc::out_of_quota},
  {"rate_limited", provider_errc::rate_limited},
  {"overloaded", provider_errc::overloaded},
  {"bad_request", provider_errc::bad_request},
  {"unavailable", provider_errc::unavailable},
}};

constexpr size_t for_ever = 1'000'000;

fault_plan read_fault(file_map& map) {
  fault_plan out;
  out.how.what
    = read_choice<mishap>(map, "what", mishaps).value_or(mishap::none);
  if (out.how.what == mishap::none && !map.get("what").IsDefined())
    map.complain("what", "is missing; say what goes wrong");
  out.how.span = read_span(map, "for", caf::timespan{0});
  if (auto x = read_choice<provider_errc>(map, "code", codes))
    out.how.code = *x;
  out.first = static_cast<size_t>(
    read_number(map, "nth", 1, static_cast<int64_t>(for_ever)).value_or(1));
  out.last = out.first;
  if (auto x = read_number(map, "times", 1, static_cast<int64_t>(for_ever)))
    out.last = out.first + static_cast<size_t>(*x) - 1;
  if (map.flag("always"))
    out.last = for_ever;
  if (auto x = read_number(map, "provider", 1, 9))
    out.provider = static_cast<size_t>(*x);
  map.no_other_keys();
  return out;
}

void read_stage(file_map& parent, const char* key, stage_script& out) {
  auto map = parent.map(key);
  if (!map)
    return;
  out.first = read_span(*map, "first", out.first);
  out.next = read_span(*map, "next", out.next);
  if (auto x = read_number(*map, "providers", 1, 9))
    out.providers = static_cast<size_t>(*x);
  for (auto& fault : map->maps("faults"))
    out.faults.push_back(read_fault(fault));
  map->no_other_keys();
}

// -- the model
// -----------------------------------------------------------------

std::vector<tool_call>
read_calls(file_map& map, std::vector<std::string>& errors) {
  std::vector<tool_call> result;
  for (auto& node : list_items(map, "tools")) {
    tool_call x;
    x.id = fmt::format("call_{}", result.size() + 1);
    if (node.IsScalar()) {
      x.name = node.Scalar();
    } else {
      file_map item{node, fmt::format("tools[{}]", result.size() + 1), errors};
      x.name = item.required("name");
      if (auto arguments = item.get("arguments"); arguments.IsDefined()) {
        if (!arguments.IsMap())
          item.complain("arguments", "must be a map of names and values");
        x.arguments = to_json(arguments);
      }
      item.no_other_keys();
    }
    result.push_back(std::move(x));
  }
  return result;
}

scripted_answer read_answer(file_map& map, std::vector<std::string>& errors) {
  scripted_answer out;
  out.line = map.line();
  if (map.get("when").IsDefined()) {
    out.when = read_rule(map, "when");
    // A word of ours among the caller's: nobody has said anything yet.
    out.first_words = out.when->what == text_rule::kind::exactly
                      && out.when->text == "call_begins";
  }
  out.once = map.flag("once");
  auto& reply = out.reply;
  reply.text = map.text("say");
  reply.calls = read_calls(map, errors);
  if (auto x = map.text("set_language"); !x.empty())
    reply.calls.push_back({"call_language", "set_language",
                           to_json(YAML::Load("{language: \"" + x + "\"}"))});
  reply.when_done = map.text("then_say");
  reply.when_failed = map.text("if_failed");
  if (reply.calls.empty() && !(reply.when_done + reply.when_failed).empty())
    map.complain("then_say", "needs 'tools', whose results it speaks of");
  if (map.flag("hang_up"))
    reply.then = next_step::hang_up;
  reply.transfer_to = map.text("transfer_to");
  if (!reply.transfer_to.empty())
    reply.then = next_step::transfer;
  reply.press = map.text("press");
  if (auto x = read_number(map, "expects_keys", 0, 40))
    reply.expects_keys = static_cast<uint32_t>(*x);
  map.no_other_keys();
  return out;
}

// -- tools
// ---------------------------------------------------------------------

scripted_tool::result read_result(file_map& map) {
  scripted_tool::result out;
  if (auto node = map.get("result"); node.IsDefined())
    out.output = to_json(node);
  out.failed = map.flag("fail");
  out.lost = map.flag("lose");
  out.duplicate = map.flag("duplicate");
  out.after = read_span(map, "after", out.after);
  return out;
}

scripted_tool read_tool(file_map& map) {
  scripted_tool out;
  out.definition.name = map.required("name");
  out.definition.description = map.text("description");
  if (auto node = map.get("parameters"); node.IsDefined())
    out.definition.parameters = to_json(node);
  auto each = map.maps("results");
  if (each.empty()) {
    out.results = {read_result(map)};
  } else {
    out.results.clear();
    for (auto& item : each) {
      out.results.push_back(read_result(item));
      item.no_other_keys();
    }
  }
  map.no_other_keys();
  return out;
}

} // namespace

void read_stages(file_map& root, call_script& out,
                 std::vector<std::string>& errors) {
  if (auto map = root.map("providers")) {
    read_stage(*map, "stt", out.recogniser);
    read_stage(*map, "tts", out.synthesiser);
    read_stage(*map, "llm", out.model);
    map->no_other_keys();
  }
  for (auto& item : root.maps("answers"))
    out.answers.push_back(read_answer(item, errors));
  for (auto& item : root.maps("tools"))
    out.tools.push_back(read_tool(item));
}

} // namespace velox::rehearsal

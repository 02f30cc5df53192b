#include "tests/calls/simulated_call.hpp"

#include <cstdio>

namespace velox::test {

namespace {

using lines = std::multimap<virtual_world::time_point, std::string>;

std::string in_quotes(const std::string& x) {
  return "\"" + x + "\"";
}

void add_wire(const sim_call& call, lines& out) {
  uint64_t turn = 0;
  uint32_t index = 0;
  for (auto& x : call.carrier->wire()) {
    switch (x.what) {
      case wire_record::kind::play:
        if (x.turn == turn && x.index == index)
          break; // the first piece of a sentence speaks for the rest
        out.emplace(x.at, "wire    play t" + std::to_string(x.turn) + ".s"
                            + std::to_string(x.index));
        turn = x.turn;
        index = x.index;
        break;
      case wire_record::kind::sound:
        out.emplace(x.at, "wire    sound t" + std::to_string(x.turn));
        break;
      case wire_record::kind::mark:
        out.emplace(x.at, "wire    mark " + x.text);
        break;
      case wire_record::kind::clear:
        out.emplace(x.at, "wire    clear");
        turn = 0;
        break;
      case wire_record::kind::close:
        out.emplace(x.at, "wire    close " + std::to_string(x.code) + " "
                            + in_quotes(x.text));
        break;
    }
  }
  for (auto& x : call.carrier->ear()) {
    auto name = "t" + std::to_string(x.turn) + ".s" + std::to_string(x.index);
    out.emplace(x.from, "ear     hears " + name);
    out.emplace(x.until, "ear     heard " + name);
  }
}

void add_caller(const sim_call& call, lines& out) {
  constexpr const char* names[]
    = {"says", "makes a noise", "presses", "hangs up", "drops the wire",
       "dies", "echoes",        "beeps",   "faxes",    "waits"};
  for (auto& x : call.caller->record()) {
    out.emplace(x.from, std::string{"caller  "}
                          + names[static_cast<size_t>(x.what)] + " "
                          + in_quotes(x.text));
    if (x.until != x.from && x.until != virtual_world::time_point::max())
      out.emplace(x.until, "caller  stops");
  }
}

void add_stages(const sim_call& call, lines& out) {
  for (auto& x : call.stages->asked) {
    auto text = "model   asked t" + std::to_string(x.what.turn) + " session "
                + std::to_string(x.session) + " said_so_far "
                + in_quotes(x.what.said_so_far);
    for (auto& line : x.what.history)
      text += "\n            " + line.role + ": " + line.text
              + (line.interrupted ? " --" : "");
    out.emplace(x.at, text);
  }
  for (auto& x : call.stages->mishaps)
    out.emplace(x.at,
                "mishap  " + x.stage + " " + std::string{to_text(x.what)});
}

} // namespace

std::string simulation::trace() {
  std::string result;
  for (size_t i = 0; i < world_->calls.size(); ++i) {
    auto& call = *world_->calls[i];
    lines all;
    add_wire(call, all);
    add_caller(call, all);
    add_stages(call, all);
    for (auto& [at, child] : call_troubles_[i].kills)
      all.emplace(at, "drill   kills " + child);
    if (auto at = call_troubles_[i].ordered_to_end)
      all.emplace(*at, "drill   orders the end");
    auto zero = world_->unix_time(call.began);
    for (auto& x : world_->db->events_of(call.plan.call_id))
      all.emplace(call.began + milliseconds{x.at - zero},
                  "log     " + std::to_string(x.sequence) + " " + x.kind + " t"
                    + std::to_string(x.turn) + " " + x.detail);
    if (call.ended)
      all.emplace(*call.ended, "call    has ended: " + to_string(call.exit));
    for (auto& x : world_->book->booked)
      if (x.call_id == call.plan.call_id)
        all.emplace(call.began, "ledger  has tick " + std::to_string(x.tick)
                                  + ": " + std::to_string(x.seconds) + " s");
    result += "--- " + call.plan.call_id + ", up to "
              + std::to_string(plan_.limits.max_duration.count() / 1000000000)
              + " s\n";
    for (auto& [at, text] : all) {
      char stamp[32];
      std::snprintf(stamp, sizeof stamp, "%9.3f ",
                    std::chrono::duration<double>(at - call.began).count());
      result += stamp + text + "\n";
    }
    for (auto& x : world_->db->messages_of(call.plan.call_id))
      result += "    stored t" + std::to_string(x.turn) + " " + x.role + ": "
                + x.heard.heard + " | " + x.heard.sent + " | " + x.heard.unsent
                + "\n";
  }
  if (trouble_.store)
    result
      += "the store had trouble from "
         + std::to_string(std::chrono::duration<double>(
                            trouble_.store->first - world_->calls[0]->began)
                            .count())
         + " to "
         + std::to_string(std::chrono::duration<double>(
                            trouble_.store->second - world_->calls[0]->began)
                            .count())
         + "\n";
  if (trouble_.ledger)
    result += "the ledger had trouble\n";
  if (trouble_.registry)
    result += "the registry was killed\n";
  return result;
}

} // namespace velox::test

#pragma once

#include "adapters/cli/rehearsal/sim_world.hpp"

namespace velox::test {

using namespace rehearsal;

// -- scripts in a few words
// ----------------------------------------------------

/// Says `text` once the agent has answered and was silent for `wait`.
inline caller_step
says(std::string text, caf::timespan wait = milliseconds{500}) {
  return {caller_step::act::say, caller_step::moment::answered, wait,
          std::move(text)};
}

/// Says `text` once the agent was heard for `wait`.
inline caller_step interrupts(std::string text, caf::timespan wait) {
  return {caller_step::act::say, caller_step::moment::over_agent, wait,
          std::move(text)};
}

/// Makes a sound without words over the agent's voice.
inline caller_step coughs(caf::timespan length, caf::timespan wait) {
  return {
    caller_step::act::noise, caller_step::moment::over_agent, wait, {}, length};
}

/// Hangs up once the agent has answered and was silent for `wait`.
inline caller_step hangs_up(caf::timespan wait = seconds{2}) {
  return {caller_step::act::hang_up, caller_step::moment::answered, wait};
}

/// A world for calls that a test writes down step by step.
class scripted_call : public ::testing::Test {
protected:
  /// Makes the world; without it, the first call makes a usual one.
  sim_world& make_world(world_plan plan = {}) {
    world_ = std::make_unique<sim_world>(std::move(plan));
    return *world_;
  }

  sim_world& world() { return world_ ? *world_ : make_world(); }

  /// A call with this script, from now on.
  sim_call& ring(std::vector<caller_step> script, std::string id = "CA1") {
    call_plan plan;
    plan.call_id = std::move(id);
    plan.script = std::move(script);
    return world().place(std::move(plan));
  }

  /// What is stored of the agent's words in `turn`.
  heard_text stored(uint64_t turn, const std::string& id = "CA1") {
    for (auto& x : world().db->messages_of(id))
      if (x.turn == turn && x.role == "assistant")
        return x.heard;
    return {};
  }

  /// How often the call's log has `kind`.
  size_t events(std::string_view kind, const std::string& id = "CA1") {
    auto all = world().db->events_of(id);
    return static_cast<size_t>(std::count_if(
      all.begin(), all.end(), [&](auto& x) { return x.kind == kind; }));
  }

  const conversation_record& record(const std::string& id = "CA1") {
    return world().db->conversations.at(id);
  }

  /// The longest time between two sounds, the agent's or the caller's.
  static milliseconds
  longest_silence(const sim_call& call, virtual_world::time_point until);

  /// What the caller said, as the last prompt tells the model.
  static std::string told_of_caller(const sim_call& call);

  /// Whatever happened, nothing is left of the calls.
  void TearDown() override {
    if (!world_)
      return;
    EXPECT_EQ(world_->slots(), 0u) << "a slot is still taken";
    EXPECT_EQ(world_->alive(), 0u) << "an actor has outlived its call";
  }

private:
  std::unique_ptr<sim_world> world_;
};

} // namespace velox::test

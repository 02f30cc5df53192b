#include "tests/calls/scripted_call.hpp"

/// Field lessons 1, 3, 4 and 5: calls end, leave nothing behind, and are never
/// silent for long.
namespace velox::test {
namespace {

class Liveness : public scripted_call {};

TEST_F(Liveness, ManyCallsLeaveNothingBehind) {
  auto& w = make_world();
  auto& schedule = w.time.sched.clock().schedule();
  w.run(minutes{1});
  auto timers = schedule.size();
  for (int i = 0; i < 200; ++i) {
    ring({says("a table for two"), hangs_up()}, "CA" + std::to_string(i));
    w.run(milliseconds{700});
  }
  ASSERT_TRUE(w.run_until_over(minutes{3}));
  EXPECT_EQ(w.ended[end_reason::caller_hung_up], 200);
  w.run(hours{1}); // for timers that CAF cannot call back
  EXPECT_EQ(schedule.size(), timers);
  EXPECT_EQ(w.time.agenda.size(), 0u);
}

/// One piece of one stage's work goes wrong, in one way.
struct single_fault {
  const char* stage;
  mishap what;
  size_t piece;
};

class SingleFault : public Liveness,
                    public ::testing::WithParamInterface<single_fault> {};

TEST_P(SingleFault, IsOvercome) {
  auto x = GetParam();
  world_plan plan;
  plan.brief = [](const agent_record&) {
    agent_briefing silent; // or the caller takes a filler for the answer
    silent.manners.filler_after = silent.manners.filler_again
      = caf::timespan{0};
    return silent;
  };
  auto& w = make_world(plan);
  auto& call
    = ring({says("a table for two"), says("at seven"), hangs_up(seconds{4})});
  stage_luck luck{1, {x.what}, 1, x.piece};
  auto& stages = *call.stages;
  auto stage = std::string{x.stage};
  (stage == "stt"   ? stages.recogniser
   : stage == "tts" ? stages.synthesiser
                    : stages.model)
    = luck;
  ASSERT_TRUE(w.run_until_over(minutes{3}));
  ASSERT_EQ(stages.mishaps.size(), 1u);
  EXPECT_LE(longest_silence(call, *call.ended), seconds{14});
  // Two turns of the caller, heard and answered, unless the words were lost.
  EXPECT_GE(events("user-turn"), 2u);
  auto turn = stages.asked.back().what.turn;
  EXPECT_FALSE(stored(turn).heard.empty());
  EXPECT_EQ(stored(turn).unsent, "");
  EXPECT_EQ(record().ended_because, "caller-hung-up");
}

std::vector<single_fault> all_faults() {
  std::vector<single_fault> result;
  for (auto* stage : {"stt", "llm", "tts"})
    for (auto what : {mishap::lose, mishap::delay, mishap::duplicate,
                      mishap::fail, mishap::crash, mishap::hang})
      for (size_t piece : {0, 1})
        result.push_back({stage, what, piece});
  return result;
}

INSTANTIATE_TEST_SUITE_P(All, SingleFault, ::testing::ValuesIn(all_faults()),
                         [](auto& info) {
                           return std::string{info.param.stage} + "_"
                                  + std::string{to_text(info.param.what)} + "_"
                                  + std::to_string(info.param.piece);
                         });

/// A voice that says nothing any more, marks that never come, a model that
/// never answers: the leg is over in time all the same.
TEST_F(Liveness, TheDeadlineHoldsWhateverIsBroken) {
  for (auto broken : {"nothing", "marks", "tts", "llm", "store", "ledger"}) {
    world_plan plan;
    plan.limits.max_duration = seconds{40};
    plan.turns.idle = seconds{60}; // nothing else shall end the call
    auto& w = make_world(plan);
    call_plan rings;
    rings.line.marks_lost = broken == std::string{"marks"} ? 1 : 0;
    rings.script = {says("a table for two"), says("at seven")};
    auto& call = w.place(rings);
    w.time.after(seconds{39}, [&] {
      auto what = std::string{broken};
      stage_luck never{1, {mishap::hang}, 99};
      if (what == "tts")
        call.stages->synthesiser = never;
      else if (what == "llm")
        call.stages->model = never;
      else if (what == "store")
        w.db->fault = store_is_down;
      else if (what == "ledger")
        w.book->luck = [] { return mishap::lose; };
    });
    ASSERT_TRUE(w.run_until_over(minutes{3})) << broken;
    auto& last = call.carrier->wire().back();
    EXPECT_EQ(last.what, wire_record::kind::close) << broken;
    EXPECT_LE(last.at - call.began, seconds{50}) << broken;
    EXPECT_GE(last.at - call.began, seconds{40}) << broken;
    EXPECT_EQ(w.ended[end_reason::deadline_reached], 1) << broken;
  }
}

TEST_F(Liveness, ExactlyAsManyAsAdmittedAtOnce) {
  world_plan plan;
  plan.admission.limit = 100;
  auto& w = make_world(plan);
  std::mt19937_64 order{4};
  w.time.shuffle_with = &order;
  for (int i = 0; i < 1000; ++i)
    ring({hangs_up(seconds{8})}, "CA" + std::to_string(i));
  w.run(seconds{3});
  EXPECT_EQ(w.slots(), 100u);
  ASSERT_TRUE(w.run_until_over(minutes{2}));
  EXPECT_EQ(w.ended[end_reason::refused], 900);
  EXPECT_EQ(w.ended[end_reason::caller_hung_up], 100);
  w.time.shuffle_with = nullptr;
  for (auto& x : w.calls)
    if (!w.db->conversations.count(x->plan.call_id)) {
      EXPECT_EQ(x->carrier->wire().back().code, 1013); // try again later
    }
}

TEST_F(Liveness, ASlotComesBackWhateverStateTheCallDiesIn) {
  for (int ms = 0; ms < 12'000; ms += 300) {
    auto& w = make_world();
    auto& call = ring(
      {says("a table for two"), interrupts("no wait", seconds{1}), hangs_up()});
    w.run(milliseconds{ms});
    if (call.ended)
      break;
    EXPECT_EQ(w.slots(), 1u) << ms;
    caf::anon_send_exit(call.handle, caf::exit_reason::kill);
    w.run(seconds{1});
    EXPECT_EQ(w.slots(), 0u) << ms;
    EXPECT_EQ(w.alive(), 0u) << ms;
  }
}

TEST_F(Liveness, CallsTakeTheirSlotsAgainWhenTheRegistryFalls) {
  auto& w = make_world();
  for (auto id : {"CA1", "CA2", "CA3"})
    ring({hangs_up(seconds{20})}, id);
  w.run(seconds{2});
  w.kill_registry();
  w.run(seconds{3});
  EXPECT_EQ(w.slots(), 3u);
  ASSERT_TRUE(w.run_until_over(minutes{2}));
}

} // namespace
} // namespace velox::test

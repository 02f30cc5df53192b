#include "tests/calls/scripted_call.hpp"

/// Field lessons 8, 11, 13, 16 and 19: nothing happens twice, nothing is lost.
namespace velox::test {
namespace {

class OnceOnly : public scripted_call {};

TEST_F(OnceOnly, ASecondSocketForACallIsRefused) {
  auto& w = make_world();
  auto& first = ring({says("a table for two"), hangs_up()});
  w.run(seconds{2});
  call_plan again;
  again.nonce = "another";
  auto& second = w.place(again);
  w.run(seconds{1});
  EXPECT_TRUE(second.ended);
  EXPECT_EQ(second.carrier->wire().back().code, 1008);
  EXPECT_TRUE(second.carrier->ear().empty());
  EXPECT_FALSE(first.ended);
  ASSERT_TRUE(w.run_until_over(minutes{1}));
  EXPECT_EQ(record().ended_because, "caller-hung-up");
  EXPECT_EQ(events("ended"), 1u);
}

TEST_F(OnceOnly, ATokenOpensOneCallOnly) {
  auto& w = make_world();
  ring({hangs_up()});
  w.run(seconds{1});
  call_plan other;
  other.call_id = "CA2";
  other.nonce = "CA1";
  auto& thief = w.place(other);
  w.run(seconds{1});
  EXPECT_EQ(thief.carrier->wire().back().code, 1008);
  ASSERT_TRUE(w.run_until_over(minutes{1}));
}

TEST_F(OnceOnly, ATickIsBookedOnceWhoeverDies) {
  world_plan plan;
  plan.limits.tick = seconds{5};
  auto& w = make_world(plan);
  auto& call = ring({says("a table for two"), hangs_up(seconds{7})});
  for (auto at : {seconds{4}, seconds{12}})
    w.time.after(at, [&] { w.kill_child(call, "billing-ticker"); });
  w.time.after(milliseconds{5001}, [&] { w.kill_ledger(); });
  int answers = 0;
  w.book->luck = [&] { return ++answers % 2 ? mishap::lose : mishap::none; };
  ASSERT_TRUE(w.run_until_over(minutes{1}));
  auto talk = std::chrono::ceil<seconds>(call.caller->record().back().from
                                         - call.began);
  int64_t booked = 0;
  std::set<uint64_t> ticks;
  for (auto& x : w.book->booked) {
    booked += x.seconds;
    EXPECT_TRUE(ticks.insert(x.tick).second) << "tick " << x.tick;
  }
  EXPECT_EQ(booked, talk.count());
  EXPECT_EQ(record().billed_seconds, booked);
}

TEST_F(OnceOnly, TheEndIsStoredThoughTheStoreIsDownForAWhile) {
  auto& w = make_world();
  ring({says("a table for two"), hangs_up()});
  w.time.after(seconds{12}, [&] { w.db->fault = store_is_down; });
  while (!w.calls[0]->carrier->closed())
    w.run(milliseconds{100});
  w.run(seconds{2});
  w.db->fault = nullptr;
  ASSERT_TRUE(w.run_until_over(minutes{1}));
  EXPECT_EQ(record().ended_because, "caller-hung-up");
  EXPECT_EQ(events("ended"), 1u);
  EXPECT_EQ(events("user-turn"), 1u);
}

/// Kills every child at every moment of a call: what the caller says is
/// understood, and they hear an answer to it.
class Drill : public OnceOnly,
              public ::testing::WithParamInterface<const char*> {};

TEST_P(Drill, LosesNothingTheCallerSaid) {
  for (int ms = 200; ms < 14'000; ms += 230) {
    auto& w = make_world();
    auto& call = ring({says("a table for two"), hangs_up(seconds{3})});
    w.time.after(milliseconds{ms}, [&] { w.kill_child(call, GetParam()); });
    ASSERT_TRUE(w.run_until_over(minutes{2})) << ms;
    EXPECT_EQ(told_of_caller(call), "a table for two") << ms;
    auto turn = call.stages->asked.back().what.turn;
    // What a dead stream took along is said again, as the next turn.
    EXPECT_GT(call.carrier->heard(turn) + call.carrier->heard(turn + 1),
              seconds{1})
      << ms;
    EXPECT_LE(longest_silence(call, *call.ended), seconds{10}) << ms;
    EXPECT_EQ(events("ended"), 1u) << ms;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Drill,
                         ::testing::Values("stt", "turn-taker", "llm", "tts",
                                           "stream", "billing-ticker",
                                           "ghost-timeout", "deadline"),
                         [](auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// The socket is lost, the carrier comes back for the same call: the
/// conversation goes on, its log and its bill, too.
TEST_F(OnceOnly, ALostSocketIsNotTheEndOfTheConversation) {
  auto& w = make_world();
  caller_step drops{caller_step::act::drop_wire, caller_step::moment::answered,
                    seconds{1}};
  auto& first = ring({says("a table for two"), drops});
  while (!first.ended)
    w.run(milliseconds{100});
  auto booked_before = w.book->booked.size();
  EXPECT_EQ(record().ended_because, "wire-lost");
  call_plan back;
  back.nonce = "resumed";
  back.resumed = true;
  back.script = {says("at seven"), hangs_up(seconds{5})};
  auto& second = w.place(back);
  ASSERT_TRUE(w.run_until_over(minutes{2}));
  EXPECT_EQ(told_of_caller(second), "a table for two at seven");
  EXPECT_EQ(record().ended_because, "caller-hung-up");
  EXPECT_EQ(events("ended"), 2u);
  EXPECT_GT(w.book->booked.size(), booked_before) << "the rest was free";
  int64_t booked = 0;
  for (auto& x : w.book->booked)
    booked += x.seconds;
  EXPECT_EQ(record().billed_seconds, booked);
}

} // namespace
} // namespace velox::test

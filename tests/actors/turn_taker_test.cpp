#include "actors/turn_taker.hpp"

#include "tests/support/actor_test.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

class TurnTaker : public test::actor_test {
protected:
  TurnTaker() {
    tell(taker,
         peers{as<stream_actor>(), as<stt_actor>(), taker, as<llm_actor>(),
               as<tts_actor>(), as<ghost_timeout_actor>()});
  }

  turn_taker_actor taker
    = keep(sys.spawn(turn_taker, as<call_actor>(), turn_policy{}));
};

TEST_F(TurnTaker, TellsTheCallWhenATurnIsFinished) {
  tell(taker, voice_started{});
  advance(1s);
  tell(taker, voice_stopped{});
  tell(taker, words_final{"I want tea", 0.8});
  EXPECT_EQ(next<words_final>()->text, "I want tea") << "to be kept";
  advance(499ms);
  EXPECT_FALSE(next<user_turn>());
  advance(1ms);
  auto turn = next<user_turn>();
  ASSERT_TRUE(turn);
  EXPECT_EQ(turn->text, "I want tea");
  EXPECT_EQ(turn->confidence, 0.8);
}

TEST_F(TurnTaker, TellsEverybodyToStop) {
  tell(taker, floor_taken{4, true});
  tell(taker, playback_started{4});
  tell(taker, voice_started{});
  advance(249ms);
  EXPECT_FALSE(next<cancel>());
  advance(1ms);
  auto cancels = all<cancel>();
  ASSERT_EQ(cancels.size(), 3u) << "stream, tts and llm";
  for (auto& x : cancels)
    EXPECT_EQ(x.turn, 4u);
}

TEST_F(TurnTaker, AsksASilentCallerThoughNothingEverHappened) {
  advance(7999ms);
  EXPECT_FALSE(next<caller_idle>());
  advance(1ms);
  EXPECT_TRUE(next<caller_idle>());
}

TEST_F(TurnTaker, LooksAgainInTime) {
  tell(taker, floor_taken{1, true});
  advance(7999ms);
  EXPECT_FALSE(next<stage_late>());
  advance(1ms);
  EXPECT_EQ(next<stage_late>()->stage, "answer");
  tell(taker, playback_finished{1});
  advance(8s);
  EXPECT_EQ(next<caller_idle>()->times, 1u);
}

TEST_F(TurnTaker, IgnoresTimersOfEarlierWaits) {
  tell(taker, words_final{"tea", 1});
  advance(400ms);
  tell(taker, words_final{"now", 1});
  advance(499ms);
  EXPECT_FALSE(next<user_turn>());
  advance(1ms);
  EXPECT_EQ(next<user_turn>()->text, "tea now");
}

TEST_F(TurnTaker, HasNoTimerWhileTheAgentSpeaks) {
  tell(taker, floor_taken{1, true});
  tell(taker, playback_started{1});
  advance(1h);
  EXPECT_FALSE(next<stage_late>());
  EXPECT_FALSE(next<caller_idle>());
}

} // namespace

} // namespace velox::actors

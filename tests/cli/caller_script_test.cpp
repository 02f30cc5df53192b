#include "adapters/cli/caller_script.hpp"

#include "protocol/g711.hpp"
#include "tests/support/fake_engine.hpp"

#include <gtest/gtest.h>

#include <functional>

using namespace velox;
using namespace velox::cli;
using namespace std::chrono_literals;
using velox::test::tone;

namespace {

const std::vector<uint8_t> silence(frame_size, mulaw_silence);
const std::vector<uint8_t> voice = tone(20ms);

script_step say(std::string text, call_time length,
                std::optional<call_time> barge_in_at = {}) {
  return {
    .text = std::move(text), .audio = tone(length), .barge_in_at = barge_in_at};
}

/// A call in virtual time: the agent speaks in the given stretches.
class CallerScript : public testing::Test {
protected:
  struct happening {
    call_time at;
    std::string what;
    bool operator==(const happening&) const = default;
    friend void PrintTo(const happening& x, std::ostream* out) {
      *out << x.at.count() << " ms: " << x.what;
    }
  };

  /// Runs until the caller hangs up, at most a minute.
  void run(std::vector<script_step> steps,
           const std::function<bool(call_time)>& agent_speaks) {
    caller_script script{std::move(steps)};
    agent_ear ear{600ms};
    for (call_time now{0}; now < 60s; now += frame_length) {
      ear.hear(agent_speaks(now) ? voice : silence, false, now);
      auto does = script.next(ear, now);
      speaking.push_back(voiced(does.audio));
      if (does.began)
        happened.push_back({now, does.began->text});
      if (does.digit)
        happened.push_back({now, std::string{*does.digit}});
      if (does.ended)
        happened.push_back({now, "end"});
      if (does.hang_up) {
        happened.push_back({now, "hang up"});
        return;
      }
    }
  }

  std::vector<happening> happened;
  std::vector<bool> speaking; ///< frame by frame
};

/// True within [from, to).
bool within(call_time now, call_time from, call_time to) {
  return now >= from && now < to;
}

} // namespace

TEST(AgentEar, HearsAnUtteranceThroughItsPauses) {
  agent_ear ear{600ms};
  EXPECT_EQ(ear.hear(silence, false, 0ms), agent_ear::change::none);
  EXPECT_EQ(ear.hear(voice, false, 20ms), agent_ear::change::started);
  for (auto now = 40ms; now < 600ms; now += 20ms)
    EXPECT_EQ(ear.hear(silence, false, now), agent_ear::change::none);
  EXPECT_EQ(ear.hear(voice, false, 600ms), agent_ear::change::none);
  EXPECT_EQ(ear.hear(silence, false, 1180ms), agent_ear::change::none);
  EXPECT_EQ(ear.hear(silence, false, 1200ms), agent_ear::change::ended);
  EXPECT_EQ(ear.began(), 20ms);
  EXPECT_EQ(ear.last_heard(), 620ms);
}

TEST(AgentEar, WaitsLongerWhileAudioIsQueued) {
  agent_ear ear{600ms};
  ear.hear(voice, true, 0ms);
  EXPECT_EQ(ear.hear(silence, true, 1980ms), agent_ear::change::none);
  EXPECT_EQ(ear.hear(silence, true, 2000ms), agent_ear::change::ended);
}

TEST(AgentEar, TellsAnUtteranceThatTheEndOfTheLineCut) {
  agent_ear ear{600ms};
  EXPECT_EQ(ear.stop(), agent_ear::change::none);
  ear.hear(voice, true, 0ms);
  EXPECT_EQ(ear.stop(), agent_ear::change::ended);
  EXPECT_FALSE(ear.speaking());
}

TEST(Voiced, TellsSpeechFromAQuietRoom) {
  EXPECT_TRUE(voiced(voice));
  EXPECT_FALSE(voiced(silence));
  caller_script nobody{{}};
  auto noise = nobody.next(agent_ear{600ms}, 0ms).audio;
  EXPECT_FALSE(voiced(noise));
  EXPECT_NE(std::vector<uint8_t>(noise.begin(), noise.end()), silence);
}

TEST_F(CallerScript, SpeaksOnceTheAgentHasFinishedAndHangsUpAfterTheAnswer) {
  run({say("question", 1s)}, [](call_time now) {
    return within(now, 500ms, 2s) || within(now, 4s, 6s);
  });
  // 2 s + 600 ms of silence; 6 s + 1.5 s of silence.
  std::vector<happening> expected{
    {2580ms, "question"}, {3560ms, "end"}, {7500ms, "hang up"}};
  EXPECT_EQ(happened, expected);
}

TEST_F(CallerScript, AnswersInTurn) {
  run({say("one", 1s), say("two", 1s)}, [](call_time now) {
    return within(now, 0s, 1s) || within(now, 4s, 5s) || within(now, 8s, 9s);
  });
  std::vector<happening> expected{{1580ms, "one"},
                                  {2560ms, "end"},
                                  {5580ms, "two"},
                                  {6560ms, "end"},
                                  {10500ms, "hang up"}};
  EXPECT_EQ(happened, expected);
}

TEST_F(CallerScript, LosesPatienceWithASilentAgent) {
  run({say("hello?", 1s)}, [](call_time) { return false; });
  std::vector<happening> expected{
    {10s, "hello?"}, {10980ms, "end"}, {21s, "hang up"}};
  EXPECT_EQ(happened, expected);
}

TEST_F(CallerScript, CutsInWhileTheAgentSpeaks) {
  run({say("question", 1s), say("stop", 1s, 700ms)}, [](call_time now) {
    return within(now, 0s, 1s) || within(now, 4s, 5500ms)
           || within(now, 7s, 8s);
  });
  std::vector<happening> expected{{1580ms, "question"},
                                  {2560ms, "end"},
                                  {4700ms, "stop"},
                                  {5680ms, "end"},
                                  {9500ms, "hang up"}};
  EXPECT_EQ(happened, expected);
}

TEST_F(CallerScript, DoesNotCutIntoWhatItWasNotMeantFor) {
  // The agent is still speaking the first answer when "two" is due.
  run({say("one", 1s, 500ms), say("two", 500ms, 1s)},
      [](call_time now) { return within(now, 0s, 3s) || within(now, 5s, 9s); });
  ASSERT_GE(happened.size(), 3u);
  EXPECT_EQ(happened[0], (happening{500ms, "one"}));
  EXPECT_EQ(happened[2], (happening{6s, "two"}));
}

TEST_F(CallerScript, SpeaksInTurnWhenTheAgentWasTooBriefToCutIn) {
  run({say("stop", 1s, 5s)},
      [](call_time now) { return within(now, 0s, 1s) || within(now, 4s, 5s); });
  ASSERT_FALSE(happened.empty());
  EXPECT_EQ(happened[0], (happening{1580ms, "stop"}));
}

TEST_F(CallerScript, PressesKeysAtAHumanPace) {
  run({{.text = "keys", .digits = "4#2"}},
      [](call_time now) { return now < 1s || within(now, 3s, 4s); });
  std::vector<happening> expected{{1580ms, "keys"}, {1580ms, "4"},
                                  {1780ms, "#"},    {1980ms, "2"},
                                  {1980ms, "end"},  {5500ms, "hang up"}};
  EXPECT_EQ(happened, expected);
}

TEST_F(CallerScript, CountsTheAnswerFromTheLastSoundNotFromTrailingSilence) {
  auto step = say("question", 500ms);
  step.audio.resize(step.audio.size() + 8 * 1000, mulaw_silence);
  caller_script script{{step}};
  agent_ear ear{600ms};
  ear.hear(voice, false, 0ms);
  for (call_time now{20}; now < 5s; now += frame_length) {
    ear.hear(silence, false, now);
    script.next(ear, now);
  }
  EXPECT_EQ(script.last_spoke(), 600ms + 500ms);
}

TEST_F(CallerScript, SendsSpeechOnlyWhileItSpeaks) {
  run({say("question", 1s)},
      [](call_time now) { return now < 1s || within(now, 4s, 5s); });
  auto spoken = std::count(speaking.begin(), speaking.end(), true);
  EXPECT_EQ(spoken, 50);
}

TEST_F(CallerScript, KnowsWhatWasNotSaid) {
  caller_script script{{say("one", 1s), say("two", 1s)}};
  EXPECT_EQ(script.left(), 2u);
  agent_ear ear{600ms};
  script.next(ear, 10s);
  EXPECT_EQ(script.left(), 1u);
}

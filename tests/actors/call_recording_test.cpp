#include "tests/actors/call_fixture.hpp"

namespace velox::actors {

namespace {

/// What a recorder was told.
struct tape {
  std::vector<recording_options> begun;
  int64_t caller_bytes = 0;
  int64_t agent_bytes = 0;
  int64_t agent_from = -1; ///< ms
  size_t cuts = 0;
  std::optional<int64_t> closed_at;
};

recorder_actor::behavior_type fake_recorder(std::shared_ptr<tape> to) {
  return {
    [to](const recorded_audio& x) {
      auto& bytes = x.agent ? to->agent_bytes : to->caller_bytes;
      bytes += static_cast<int64_t>(x.mulaw.size());
      if (x.agent && to->agent_from < 0)
        to->agent_from = x.at_ms;
    },
    [to](const recording_cut&) { ++to->cuts; },
    [to](caf::close_atom, int64_t span) -> caf::result<recording_done> {
      to->closed_at = span;
      return recording_done{"CA1.rec", span};
    },
  };
}

class CallRecording : public call_test {
protected:
  CallRecording() {
    briefing.manners.record = true;
    briefing.lines.greeting = "Hello.";
    services.brief = [this](const agent_record&) { return briefing; };
    services.record = [this](const recording_options& x) {
      written->begun.push_back(x);
      return sys.spawn(fake_recorder, written);
    };
  }

  void want(recording_consent x) { briefing.manners.consent = x; }

  agent_briefing briefing;
  std::shared_ptr<tape> written = std::make_shared<tape>();
};

TEST_F(CallRecording, AnnouncesItselfBeforeAnythingElse) {
  want(recording_consent::announced);
  ring();
  advance(600ms);
  leg->say("stop"); // a notice is not interrupted
  advance(8s);
  EXPECT_EQ(leg->heard(1), "This call is recorded.");
  ASSERT_EQ(written->begun.size(), 1u);
  EXPECT_EQ(written->begun[0].call_id, "CA1");
  leg->hang_up();
  advance(2s);
  EXPECT_GT(written->caller_bytes, 8000);
  EXPECT_GT(written->agent_bytes, 8000);
  ASSERT_TRUE(written->closed_at);
  EXPECT_NEAR(static_cast<double>(*written->closed_at), 8600, 300);
  EXPECT_EQ(events("recording-started"), 1u);
  EXPECT_EQ(events("recording-finished"), 1u);
  expect_over(end_reason::caller_hung_up);
}

TEST_F(CallRecording, IsAnnouncedInAResumedCallThatWasLostBefore) {
  want(recording_consent::announced);
  start.resumed = true; // and its log knows of no recording
  ring();
  advance(3s);
  EXPECT_EQ(leg->heard(1), "This call is recorded.");
}

TEST_F(CallRecording, BeginsOnlyWithAYes) {
  want(recording_consent::asked);
  ring();
  advance(6s);
  EXPECT_TRUE(written->begun.empty());
  EXPECT_EQ(leg->heard(1), briefing.lines.recording_question);
  leg->say("yes of course");
  advance(4s);
  EXPECT_EQ(written->begun.size(), 1u);
  EXPECT_EQ(leg->heard(2), "Hello.");
  EXPECT_TRUE(fake->prompts.empty()) << "the model is not asked about consent";
}

TEST_F(CallRecording, NeverBeginsWithANo) {
  want(recording_consent::asked);
  ring();
  advance(6s);
  leg->say("no thank you");
  advance(4s);
  EXPECT_TRUE(written->begun.empty());
  EXPECT_EQ(leg->heard(2), "Hello.") << "but the call goes on";
  exchange("I want tea");
  EXPECT_EQ(fake->prompts.size(), 1u);
  EXPECT_EQ(events("recording-consent"), 1u);
}

TEST_F(CallRecording, AsksAgainOnceWhenTheAnswerIsNeither) {
  want(recording_consent::asked);
  ring();
  advance(6s);
  leg->say("what is that");
  advance(8s);
  EXPECT_EQ(leg->heard(2), briefing.lines.recording_question);
  leg->say("bananas");
  advance(5s);
  EXPECT_TRUE(written->begun.empty()) << "who is unclear has not agreed";
  EXPECT_EQ(leg->heard(3), "Hello.");
}

TEST_F(CallRecording, TakesSilenceForANo) {
  want(recording_consent::asked);
  services.turns.idle = 8s;
  ring();
  advance(16s);
  EXPECT_TRUE(written->begun.empty());
  EXPECT_EQ(leg->heard(2), "Hello.");
}

TEST_F(CallRecording, SaysNothingWhereNothingNeedsToBeSaid) {
  want(recording_consent::not_needed);
  ring();
  advance(3s);
  EXPECT_EQ(leg->heard(1), "Hello.");
  EXPECT_EQ(written->begun.size(), 1u);
  EXPECT_GE(written->agent_from, 0);
  EXPECT_LT(written->agent_from, 500);
}

TEST_F(CallRecording, CutsWhatTheCallerDidNotHear) {
  want(recording_consent::not_needed);
  briefing.lines.greeting.clear();
  ring();
  advance(2s);
  leg->say("wait a moment");
  advance(5s);
  EXPECT_EQ(interruptions, 1);
  EXPECT_EQ(written->cuts, 1u);
}

TEST_F(CallRecording, GoesOnWithoutARecorderThatCannotBegin) {
  want(recording_consent::not_needed);
  services.record = [](const recording_options&) -> recorder_actor {
    throw std::runtime_error("the disk is full");
  };
  ring();
  advance(3s);
  EXPECT_EQ(leg->heard(1), "Hello.");
  EXPECT_EQ(events("recording-failed"), 1u);
}

} // namespace

} // namespace velox::actors

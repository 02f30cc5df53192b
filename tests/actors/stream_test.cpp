#include "actors/stream.hpp"

#include "tests/support/actor_test.hpp"
#include "tests/support/fake_leg.hpp"
#include "tests/support/spelled_audio.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;
using written = test::fake_leg::written;

class Stream : public test::actor_test {
protected:
  Stream() { tell(stream_, everybody()); }

  /// The test poses as all neighbours.
  peers everybody() {
    return {stream_,         as<stt_actor>(), as<turn_taker_actor>(),
            as<llm_actor>(), as<tts_actor>(), as<ghost_timeout_actor>()};
  }

  void audio(uint64_t turn, uint32_t index, const std::string& text,
             bool last = true) {
    tell(stream_, sentence_audio{turn, index, 0, test::spell(text), last});
  }

  std::shared_ptr<test::fake_leg> leg = test::fake_leg::make(world);
  stream_actor stream_ = keep(sys.spawn(
    stream, as<call_actor>(), carrier_leg_ptr{leg}, stream_options{}));
};

TEST_F(Stream, PlaysATurnAndTellsWhatWasHeard) {
  audio(1, 0, "Hello.");
  tell(stream_, sentences_complete{1, 1});
  EXPECT_EQ(all<playback_started>().size(), 2u) << "call and turn taker";
  EXPECT_EQ(next<sentence_sent>()->duration_ms, 390);
  EXPECT_FALSE(next<sentence_heard>());
  advance(390ms);
  EXPECT_EQ(next<sentence_heard>()->index, 0u);
  EXPECT_EQ(all<playback_finished>().size(), 2u);
  EXPECT_EQ(leg->heard(1), "Hello.");
}

TEST_F(Stream, StaysLessThanASecondAhead) {
  audio(1, 0, std::string(300, 'x')); // 19.5 s
  advance(30s);
  EXPECT_EQ(leg->heard(1), std::string(300, 'x'));
  EXPECT_LE(leg->longest_lead(), 1s);
  // Without a gap, too: what is played next begins where the last ended.
  auto until = leg->log().front().played_at;
  for (auto& x : leg->log()) {
    if (x.what != written::kind::audio)
      continue;
    EXPECT_EQ(x.played_at, until);
    until += test::duration_of(x.bytes);
  }
}

TEST_F(Stream, ClearsTheCarrierAndTellsWhatWasHeardOfACancelledTurn) {
  audio(1, 0, "one two three four");
  advance(520ms);
  tell(stream_, cancel{1});
  EXPECT_EQ(leg->count(written::kind::clear), 1u);
  auto cut = next<playback_cut>();
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->turn, 1u);
  EXPECT_EQ(cut->heard_ms, 520);
  EXPECT_EQ(cut->total_ms, 18 * 65);
  advance(10s);
  EXPECT_EQ(leg->heard(1), "one two");
}

TEST_F(Stream, PlaysNothingOfACancelledTurnAnyMore) {
  audio(1, 0, "one two three four");
  advance(300ms);
  tell(stream_, cancel{1});
  auto before = leg->count(written::kind::audio);
  audio(1, 0, "one two three four");
  audio(1, 1, "five");
  tell(stream_, sentences_complete{1, 2});
  advance(10s);
  EXPECT_EQ(leg->count(written::kind::audio), before);
  EXPECT_FALSE(next<playback_finished>());
  audio(2, 0, "six");
  advance(1s);
  EXPECT_EQ(leg->heard(2), "six");
}

TEST_F(Stream, PlaysNothingOfATurnThatWasCancelledBeforeItCame) {
  tell(stream_, cancel{3});
  EXPECT_EQ(next<playback_cut>()->turn, 3u);
  for (uint64_t turn : {1, 2, 3})
    audio(turn, 0, "old");
  advance(5s);
  EXPECT_EQ(leg->count(written::kind::audio), 0u);
  audio(4, 0, "new");
  advance(1s);
  EXPECT_EQ(leg->heard(), "new");
}

TEST_F(Stream, ClearsEvenWhenAllWasSent) {
  audio(1, 0, "Hello.");
  tell(stream_, sentences_complete{1, 1});
  tell(stream_, cancel{1});
  EXPECT_EQ(leg->count(written::kind::clear), 1u);
  advance(1s);
  EXPECT_EQ(leg->heard(), "");
  EXPECT_TRUE(next<playback_cut>());
}

TEST_F(Stream, CutsNothingThatWasHeardToItsEnd) {
  audio(1, 0, "Hello.");
  tell(stream_, sentences_complete{1, 1});
  advance(1s);
  all<playback_finished>();
  tell(stream_, cancel{1});
  EXPECT_FALSE(next<playback_cut>());
  EXPECT_EQ(leg->count(written::kind::clear), 0u);
}

TEST_F(Stream, TellsAnEndThatTheCancelOvertook) {
  leg->drop_marks = true;
  audio(1, 0, "Hello.");
  tell(stream_, sentences_complete{1, 1});
  advance(390ms + 3001ms); // the last moment before the clock is believed
  all<playback_finished>();
  tell(stream_, cancel{1});
  auto cut = next<playback_cut>();
  EXPECT_TRUE(cut || !all<playback_finished>().empty());
}

TEST_F(Stream, IsDoneWithoutMarks) {
  leg->drop_marks = true;
  audio(1, 0, "Hello.");
  tell(stream_, sentences_complete{1, 1});
  advance(5s);
  EXPECT_EQ(all<playback_finished>().size(), 2u);
}

TEST_F(Stream, ReportsATurnWhoseRestStaysAway) {
  audio(1, 0, "Hello.");
  advance(4s);
  EXPECT_FALSE(next<stage_late>());
  advance(3s);
  auto late = next<stage_late>();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->stage, "answer");
  EXPECT_EQ(late->turn, 1u);
  advance(6s);
  EXPECT_EQ(all<stage_late>().size(), 1u)
    << "whoever was restarted may be late, too";
}

TEST_F(Stream, HandsOnWhatTheLegReports) {
  leg->report(voice_started{});
  EXPECT_EQ(all<voice_started>().size(), 2u) << "turn taker and stt";
  leg->report(caller_audio{{1, 2, 3}});
  settle();
  EXPECT_TRUE(next<caller_heard>());
  EXPECT_EQ(next<caller_audio>()->mulaw, (std::vector<uint8_t>{1, 2, 3}));
  leg->report(voice_stopped{});
  EXPECT_EQ(all<voice_stopped>().size(), 2u);
  leg->report(key_pressed{'7'});
  EXPECT_EQ(next<key_pressed>()->digit, '7');
  EXPECT_TRUE(next<caller_heard>()) << "a key is a sign of life";
  leg->report(caller_hung_up{});
  EXPECT_TRUE(next<caller_hung_up>());
  leg->report(wire_closed{end_reason::wire_lost, "gone"});
  EXPECT_EQ(next<wire_closed>()->explanation, "gone");
}

TEST_F(Stream, LetsAFreshRecogniserHearTheUnsettledAgain) {
  leg->report(caller_audio{{1}});
  leg->report(voice_started{});
  leg->report(caller_audio{{2}});
  leg->report(voice_stopped{});
  leg->report(caller_audio{{3}});
  settle();
  all<voice_started>();
  all<voice_stopped>();
  all<caller_audio>();
  // Another handle of the test serves as the new recogniser.
  caf::scoped_actor fresh{sys, true};
  auto x = everybody();
  x.stt = caf::actor_cast<stt_actor>(fresh);
  tell(stream_, x);
  std::string got;
  for (int i = 0; i < 3; ++i)
    fresh->receive([&](const voice_started&) { got += "("; },
                   [&](const caller_audio& audio) {
                     for (auto byte : audio.mulaw)
                       got += std::to_string(byte);
                   },
                   [&](const voice_stopped&) { got += ")"; },
                   caf::after(0s) >> [&] { got += "?"; });
  EXPECT_EQ(got, "(12)");
  tell(stream_, utterance_settled{});
  tell(stream_, everybody());
  EXPECT_FALSE(next<caller_audio>()) << "all was understood";
}

TEST_F(Stream, KnowsNoNewcomerAmongOldPeers) {
  leg->report(voice_started{});
  leg->report(caller_audio{{2}});
  settle();
  all<voice_started>();
  all<caller_audio>();
  tell(stream_, everybody()); // somebody else was restarted
  EXPECT_FALSE(next<caller_audio>());
}

// -- recent_audio
// --------------------------------------------------------------

std::string told(const recent_audio& x) {
  std::string result;
  for (auto& y : x.unsettled())
    result += "(" + std::to_string(y.mulaw.size()) + (y.ended ? ")" : "");
  return result;
}

void add(recent_audio& x, size_t bytes) {
  x.add(std::vector<uint8_t>(bytes));
}

TEST(RecentAudio, KeepsSpeechUntilItIsSettled) {
  recent_audio x;
  add(x, 800);
  EXPECT_EQ(told(x), "");
  x.mark_voice(true);
  add(x, 800);
  EXPECT_EQ(told(x), "(1600");
  x.mark_voice(false);
  EXPECT_EQ(told(x), "(1600)");
  add(x, 800);
  EXPECT_EQ(told(x), "(1600)") << "silence behind it is not part of it";
  x.settle();
  EXPECT_EQ(told(x), "");
}

TEST(RecentAudio, KeepsTwoSeconds) {
  recent_audio x;
  x.mark_voice(true);
  for (int i = 0; i < 100; ++i)
    add(x, 800);
  EXPECT_EQ(told(x), "(16000");
}

TEST(RecentAudio, KeepsTheOnsetOnlyOfWhatCameBefore) {
  recent_audio x;
  for (int i = 0; i < 20; ++i)
    add(x, 800);
  x.mark_voice(true);
  EXPECT_EQ(told(x), "(3200");
}

TEST(RecentAudio, SettlesOneUtteranceAfterTheOther) {
  recent_audio x;
  x.mark_voice(true);
  add(x, 100);
  x.mark_voice(false);
  x.mark_voice(true);
  add(x, 200);
  x.mark_voice(false);
  x.mark_voice(true);
  add(x, 300);
  EXPECT_EQ(told(x), "(100)(200)(300");
  x.settle();
  EXPECT_EQ(told(x), "(200)(300");
  x.settle();
  EXPECT_EQ(told(x), "(300");
  x.settle(); // of nothing that has ended
  EXPECT_EQ(told(x), "(300");
}

TEST(RecentAudio, OutlivesUtterancesThatAreLongerThanItsMemory) {
  recent_audio x;
  x.mark_voice(true);
  add(x, 500);
  x.mark_voice(false);
  x.mark_voice(true);
  add(x, 16'000);
  EXPECT_EQ(told(x), "(0)(16000");
  x.settle();
  EXPECT_EQ(told(x), "(16000");
}

} // namespace

} // namespace velox::actors

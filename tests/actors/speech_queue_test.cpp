#include "actors/speech_queue.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

class SpeechQueue : public testing::Test {
protected:
  /// A piece of a sentence: `ms` of audio from `offset_ms` on.
  void add(uint64_t turn, uint32_t index, int ms, bool last = true,
           int offset_ms = 0) {
    sentence_audio x{
      turn, index, static_cast<uint64_t>(offset_ms) * 8, {}, last};
    for (int i = 0; i < ms * 8; ++i) // each byte knows its place
      x.mulaw.push_back(static_cast<uint8_t>((offset_ms * 8 + i) % 251));
    queue.add(x);
  }

  /// Writes what is due: "200" is 200 ms of audio, the rest are marks.
  strings due() {
    strings result;
    for (auto& x : queue.take_due(now)) {
      if (!x.audio.empty()) {
        sent_bytes.insert(sent_bytes.end(), x.audio.begin(), x.audio.end());
        result.push_back(std::to_string(x.audio.size() / 8));
      }
      if (!x.mark.empty())
        result.push_back(x.mark);
    }
    return result;
  }

  /// Lets time pass as the stream actor does.
  void pass(caf::timespan span) {
    for (auto until = now + span; now < until; now += 50ms)
      due();
    due();
  }

  std::string heard() {
    std::string result;
    auto news = queue.take_progress(now);
    if (news.started)
      result += "started ";
    for (auto& x : news.sent)
      result += "sent" + std::to_string(x.index) + "="
                + std::to_string(x.duration_ms) + " ";
    for (auto& x : news.heard)
      result += "heard" + std::to_string(x.index) + " ";
    if (news.finished)
      result += "finished ";
    return result;
  }

  speech_queue queue;
  speech_queue::time_point now{24h};
  std::vector<uint8_t> sent_bytes;
};

TEST_F(SpeechQueue, SendsAShortSentenceAtOnceWithItsMark) {
  add(1, 0, 500);
  EXPECT_EQ(due(), (strings{"200", "200", "100", "t1.s0"}));
  EXPECT_EQ(heard(), "started sent0=500 ");
  EXPECT_EQ(due(), strings{});
}

TEST_F(SpeechQueue, IsNeverMoreThanASecondAhead) {
  add(1, 0, 30'000);
  auto first = now;
  size_t sent = 0;
  for (; now < first + 40s; now += 37ms) {
    for (auto& x : queue.take_due(now))
      sent += x.audio.size();
    auto audible = first + std::chrono::milliseconds{sent / 8};
    ASSERT_LE(audible - now, speech_queue::lead);
    if (sent < 30'000 * 8) {
      ASSERT_GT(audible, now) << "the caller hears a gap";
    }
  }
  EXPECT_EQ(sent, 30'000u * 8);
}

TEST_F(SpeechQueue, ComesBackBeforeTheLeadIsUsedUp) {
  add(1, 0, 30'000);
  auto first = now;
  size_t sent = 0;
  for (int looks = 0; looks < 200; ++looks) {
    for (auto& x : queue.take_due(now))
      sent += x.audio.size();
    if (sent == 30'000u * 8)
      break;
    now += queue.next_look(now).value();
    ASSERT_LT(now, first + std::chrono::milliseconds{sent / 8});
  }
  EXPECT_EQ(sent, 30'000u * 8);
}

TEST_F(SpeechQueue, SendsAllBytesInOrder) {
  add(1, 0, 700, false);
  add(1, 0, 800, true, 700);
  pass(3s);
  ASSERT_EQ(sent_bytes.size(), 1500u * 8);
  for (size_t i = 0; i < sent_bytes.size(); ++i)
    ASSERT_EQ(sent_bytes[i], i % 251) << i;
}

TEST_F(SpeechQueue, SkipsWhatARestartedSynthesiserSaysAgain) {
  add(1, 0, 700, false);
  due();
  add(1, 0, 500, false);      // all known
  add(1, 0, 600, false, 400); // 300 ms of it are new
  add(1, 0, 500, true, 1000);
  pass(3s);
  ASSERT_EQ(sent_bytes.size(), 1500u * 8);
  for (size_t i = 0; i < sent_bytes.size(); ++i)
    ASSERT_EQ(sent_bytes[i], i % 251) << i;
  add(1, 0, 100, true, 1500); // behind the last piece nothing comes
  EXPECT_EQ(due(), strings{});
}

TEST_F(SpeechQueue, KeepsSentencesInOrderHoweverTheyArrive) {
  add(1, 1, 100);
  EXPECT_EQ(due(), strings{});
  add(1, 0, 100);
  EXPECT_EQ(due(), (strings{"100", "t1.s0", "100", "t1.s1"}));
}

TEST_F(SpeechQueue, MarksNoSentenceWhoseAudioIsStillBeingMade) {
  add(1, 0, 200, false);
  EXPECT_EQ(due(), strings{"200"});
  add(1, 0, 0, true, 200);
  EXPECT_EQ(due(), strings{"t1.s0"});
}

TEST_F(SpeechQueue, HearsByMarks) {
  add(1, 0, 300);
  add(1, 1, 300);
  queue.complete({1, 2});
  due();
  heard();
  queue.reached("t1.s0", now);
  EXPECT_EQ(heard(), "heard0 ");
  queue.reached("t1.s1", now);
  EXPECT_EQ(heard(), "heard1 finished ");
  EXPECT_EQ(heard(), "") << "once";
  EXPECT_FALSE(queue.next_look(now));
}

TEST_F(SpeechQueue, AMarkStandsForAllBeforeIt) {
  add(1, 0, 300);
  add(1, 1, 300);
  due();
  heard();
  queue.reached("t1.s1", now);
  EXPECT_EQ(heard(), "heard0 heard1 ");
  queue.reached("t1.s0", now);
  EXPECT_EQ(heard(), "");
}

TEST_F(SpeechQueue, BelievesNoMarkThatItDidNotSend) {
  add(1, 0, 3000);
  due();
  heard();
  for (auto mark : {"t1.s0", "t1.s1", "t2.s0", "t0.s0", "", "t1.s"})
    queue.reached(mark, now);
  EXPECT_EQ(heard(), "");
}

TEST_F(SpeechQueue, GoesByTheClockWhenMarksStayAway) {
  add(1, 0, 500);
  queue.complete({1, 1});
  due();
  EXPECT_EQ(heard(), "started sent0=500 ");
  now += 500ms + speech_queue::mark_grace;
  EXPECT_EQ(heard(), "");
  now += 1ms;
  EXPECT_EQ(heard(), "heard0 finished ");
  queue.reached("t1.s0", now);
  EXPECT_EQ(heard(), "") << "the mark came later still";
}

TEST_F(SpeechQueue, IsNotFinishedBeforeTheCountIsKnown) {
  add(1, 0, 100);
  due();
  queue.reached("t1.s0", now);
  EXPECT_EQ(heard(), "started sent0=100 heard0 ");
  queue.complete({1, 1});
  EXPECT_EQ(heard(), "finished ");
}

TEST_F(SpeechQueue, FinishesAnEmptyAnswer) {
  queue.complete({1, 0});
  EXPECT_EQ(due(), strings{});
  EXPECT_EQ(heard(), "finished ");
}

TEST_F(SpeechQueue, PassesASentenceWithoutSound) {
  add(1, 0, 0);
  add(1, 1, 200);
  queue.complete({1, 2});
  EXPECT_EQ(due(), (strings{"t1.s0", "200", "t1.s1"}));
  EXPECT_EQ(heard(), "started sent0=0 sent1=200 ");
  now += 200ms + speech_queue::mark_grace + 1ms;
  EXPECT_EQ(heard(), "heard0 heard1 finished ");
}

TEST_F(SpeechQueue, CutsByTheClock) {
  add(1, 0, 400);
  add(1, 1, 5000);
  due();
  now += 700ms;
  auto cut = queue.cancel(1, now);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->turn, 1u);
  EXPECT_EQ(cut->index, 1u) << "the mark of the first is on its way";
  EXPECT_EQ(cut->heard_ms, 300);
  EXPECT_EQ(cut->sent_ms, 600);
  EXPECT_EQ(cut->total_ms, 5000);
}

TEST_F(SpeechQueue, CutsWithoutCountingAGapAsHeard) {
  add(1, 0, 400, false);
  due();
  now += 3s; // the synthesiser was slow: 2.6 s of silence
  add(1, 0, 800, true, 400);
  due();
  now += 100ms;
  auto cut = queue.cancel(1, now);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->heard_ms, 500);
  EXPECT_EQ(cut->sent_ms, 1200);
}

TEST_F(SpeechQueue, CutsInsideASentenceOfUnknownLength) {
  add(1, 0, 400, false);
  due();
  now += 100ms;
  auto cut = queue.cancel(1, now);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->heard_ms, 100);
  EXPECT_EQ(cut->total_ms, 0);
}

TEST_F(SpeechQueue, CutsAtTheEndWhenAllWasPlayed) {
  add(1, 0, 400);
  due();
  now += 400ms;
  auto cut = queue.cancel(1, now);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->heard_ms, 400);
  EXPECT_EQ(cut->total_ms, 400);
}

TEST_F(SpeechQueue, CutsBeforeAnythingCame) {
  auto cut = queue.cancel(3, now);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->turn, 3u);
  EXPECT_EQ(cut->index, 0u);
  EXPECT_EQ(cut->heard_ms, 0);
}

TEST_F(SpeechQueue, CutsOnceAndNotWhatIsOver) {
  add(1, 0, 100);
  queue.complete({1, 1});
  due();
  EXPECT_TRUE(queue.cancel(1, now));
  EXPECT_FALSE(queue.cancel(1, now));
  add(2, 0, 100);
  queue.complete({2, 1});
  due();
  queue.reached("t2.s0", now);
  heard();
  EXPECT_FALSE(queue.cancel(2, now)) << "it was heard";
  EXPECT_FALSE(queue.cancel(1, now));
}

TEST_F(SpeechQueue, DropsWhatComesOfACancelledTurn) {
  add(1, 0, 3000);
  due();
  queue.cancel(1, now);
  EXPECT_EQ(heard(), "");
  add(1, 0, 3000);
  add(1, 1, 100);
  queue.complete({1, 2});
  now += 5s;
  EXPECT_EQ(due(), strings{});
  EXPECT_EQ(heard(), "");
  EXPECT_FALSE(queue.next_look(now));
}

TEST_F(SpeechQueue, BeginsANewTurnAtOnceAfterACut) {
  add(1, 0, 3000);
  due();
  now += 100ms;
  queue.cancel(1, now);
  add(2, 0, 300);
  EXPECT_EQ(due(), (strings{"200", "100", "t2.s0"}));
  now += 200ms;
  EXPECT_EQ(queue.cancel(2, now)->heard_ms, 200);
}

TEST_F(SpeechQueue, DropsAudioOfAnOlderTurn) {
  add(2, 0, 100);
  add(1, 0, 100);
  EXPECT_EQ(due(), (strings{"100", "t2.s0"}));
}

TEST_F(SpeechQueue, KnowsSinceWhenItIsDry) {
  EXPECT_FALSE(queue.dry_since());
  add(1, 0, 400);
  EXPECT_FALSE(queue.dry_since()) << "nothing has been sent yet";
  due();
  EXPECT_EQ(queue.dry_since(), now + 400ms);
  add(1, 1, 3000);
  EXPECT_FALSE(queue.dry_since());
  pass(4s);
  EXPECT_TRUE(queue.dry_since());
  queue.complete({1, 2});
  EXPECT_FALSE(queue.dry_since());
}

TEST_F(SpeechQueue, IsDryAlsoBehindASentenceWithoutSound) {
  add(1, 0, 0);
  due();
  EXPECT_FALSE(queue.dry_since()) << "nothing was heard: others watch that";
  add(1, 1, 200);
  due();
  EXPECT_TRUE(queue.dry_since());
}

TEST_F(SpeechQueue, TellsTheWordsOfTheSentenceThatWasCut) {
  sentence_audio x{1, 0, 0, std::vector<uint8_t>(8000), true};
  x.words = {{"one", 0, 400}, {"two", 400, 1000}};
  queue.add(x);
  x.index = 1;
  x.last = false;
  x.words = {{"three", 0, 300}};
  queue.add(x);
  x.offset = 8000;
  x.words = {{"three", 0, 300}, {"four", 300, 900}, {"lost", -5, 1}};
  queue.add(x);
  pass(1500ms);
  queue.reached("t1.s0", now);
  auto cut = queue.cancel(1, now);
  ASSERT_TRUE(cut);
  ASSERT_EQ(cut->index, 1u);
  std::string words;
  for (auto& y : cut->words)
    words += y.text + std::to_string(y.end_ms) + " ";
  EXPECT_EQ(words, "three300 four900 ") << "each once, though told again";
}

} // namespace

} // namespace velox::actors

#include "actors/call_journal.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

class CallJournal : public testing::Test {
protected:
  void add(const std::string& kind) { journal.add(7, kind, 1, "{}"); }

  static message_record
  message(uint64_t turn, std::string role, std::string text) {
    message_record result;
    result.turn = turn;
    result.role = std::move(role);
    result.text = std::move(text);
    return result;
  }

  static std::string kinds(const std::optional<call_log_batch>& batch) {
    std::string result;
    if (batch)
      for (auto& x : batch->events)
        result += x.kind + std::to_string(x.sequence) + " ";
    return result;
  }

  call_journal journal;
  CallJournal() { journal.open("CA1", 5); }
};

TEST_F(CallJournal, NumbersEventsFromTheFirst) {
  EXPECT_TRUE(journal.empty());
  add("a");
  add("b");
  auto batch = journal.take();
  EXPECT_EQ(kinds(batch), "a5 b6 ");
  EXPECT_EQ(batch->events[0].call_id, "CA1");
  EXPECT_EQ(batch->events[0].at, 7);
}

TEST_F(CallJournal, HandsOutOneBatchAtATime) {
  add("a");
  EXPECT_TRUE(journal.take());
  add("b");
  EXPECT_FALSE(journal.take());
  EXPECT_FALSE(journal.empty());
  journal.stored();
  EXPECT_EQ(kinds(journal.take()), "b6 ");
  EXPECT_FALSE(journal.empty()) << "the last batch is under way";
  journal.stored();
  EXPECT_TRUE(journal.empty());
  EXPECT_FALSE(journal.take());
}

TEST_F(CallJournal, HandsOutAgainWhatFailedBeforeWhatIsNew) {
  add("a");
  journal.add(message(1, "user", "x"));
  journal.take();
  add("b");
  journal.failed();
  auto batch = journal.take();
  EXPECT_EQ(kinds(batch), "a5 b6 ");
  EXPECT_EQ(batch->messages.size(), 1u);
}

TEST_F(CallJournal, IsBoundedWhileTheStoreDoesNotAnswer) {
  add("first");
  journal.take();
  for (size_t i = 0; i < 5 * call_journal::limit; ++i)
    add("x");
  journal.stored(); // at long last
  auto batch = journal.take();
  ASSERT_TRUE(batch);
  EXPECT_LT(batch->events.size(), call_journal::limit + call_journal::slack);
  EXPECT_GE(batch->events.size(), call_journal::limit);
  EXPECT_EQ(batch->events.back().sequence, 5 + 5 * call_journal::limit)
    << "the newest is kept";
  EXPECT_EQ(batch->events.back().sequence - batch->events.front().sequence + 1,
            batch->events.size())
    << "a gap";
}

TEST_F(CallJournal, IgnoresAFailureOfNothing) {
  add("a");
  journal.failed();
  EXPECT_EQ(kinds(journal.take()), "a5 ");
}

TEST_F(CallJournal, KeepsTheLastStateOfAMessage) {
  journal.add(message(1, "user", "hello"));
  journal.add(message(1, "assistant", "hi"));
  journal.add(message(1, "assistant", "hi there"));
  auto batch = journal.take();
  ASSERT_EQ(batch->messages.size(), 2u);
  EXPECT_EQ(batch->messages[1].text, "hi there");
  EXPECT_EQ(batch->messages[1].call_id, "CA1");
}

TEST_F(CallJournal, PutsTheLastStateLastAfterAFailure) {
  journal.add(message(1, "assistant", "old"));
  journal.take();
  journal.add(message(1, "assistant", "new"));
  journal.failed();
  auto batch = journal.take();
  EXPECT_EQ(batch->messages.back().text, "new");
}

TEST_F(CallJournal, DropsTheOldestBeyondItsLimit) {
  for (size_t i = 0; i < call_journal::limit; ++i)
    add("old");
  journal.take();
  add("new");
  add("new");
  journal.failed();
  auto batch = journal.take();
  ASSERT_EQ(batch->events.size(), call_journal::limit);
  EXPECT_EQ(batch->events.front().sequence, 7u);
  EXPECT_EQ(batch->events.back().kind, "new");
}

} // namespace

} // namespace velox::actors

#include "persistence/call_log.hpp"

#include "persistence/conversations.hpp"
#include "tests/persistence/records.hpp"

namespace velox::persistence {

namespace {

class CallLog : public every_tenants_test {
protected:
  CallLog() { conversations{*db}.open(ringing("CA1")); }

  call_log log{*db};

  static call_log_batch
  batch_of(const std::string& call_id, uint64_t from, uint64_t to) {
    call_log_batch result;
    for (auto i = from; i <= to; ++i)
      result.events.push_back(event(call_id, i));
    return result;
  }
};

TEST_P(CallLog, KeepsEventsInOrder) {
  call_event x{"CA1", 2, 17, "user-turn", 4, R"({"text":"hi"})"};
  log.append({{x, event("CA1", 1)}, {}});
  auto events = log.events("CA1", 0);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].sequence, 1u);
  EXPECT_EQ(events[1].call_id, "CA1");
  EXPECT_EQ(events[1].sequence, 2u);
  EXPECT_EQ(events[1].at, 17);
  EXPECT_EQ(events[1].kind, "user-turn");
  EXPECT_EQ(events[1].turn, 4u);
  EXPECT_EQ(events[1].detail, R"({"text":"hi"})");
}

TEST_P(CallLog, IsReadInPages) {
  log.append(batch_of("CA1", 1, 1203));
  uint64_t after = 0;
  std::vector<size_t> pages;
  for (;;) {
    auto events = log.events("CA1", after);
    pages.push_back(events.size());
    if (events.empty())
      break;
    EXPECT_EQ(events.front().sequence, after + 1);
    after = events.back().sequence;
  }
  EXPECT_EQ(pages, (std::vector<size_t>{500, 500, 203, 0}));
}

TEST_P(CallLog, TakesABatchTwice) {
  auto batch = batch_of("CA1", 1, 3);
  batch.messages.push_back(said("CA1", 1, "user", "hello"));
  log.append(batch);
  batch.events[0].kind = "forged"; // what is written stays
  log.append(batch);
  EXPECT_EQ(count("SELECT COUNT(*) FROM call_events"), 3);
  EXPECT_EQ(count("SELECT COUNT(*) FROM messages"), 1);
  EXPECT_EQ(log.events("CA1", 0)[0].kind, "heard");
}

TEST_P(CallLog, FollowsWhatWasHeard) {
  auto x = said("CA1", 1, "assistant", "We open at nine.");
  x.heard = {"", "", "We open at nine."};
  log.append({{}, {x}});
  auto y = x;
  y.at += 3000;
  y.heard = {"We open", " at", " nine."};
  log.append({{}, {y}});
  auto messages = log.messages("acme", "CA1");
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].text, "We open at nine.");
  EXPECT_EQ(messages[0].heard.heard, "We open");
  EXPECT_EQ(messages[0].heard.sent, " at");
  EXPECT_EQ(messages[0].heard.unsent, " nine.");
  EXPECT_EQ(messages[0].at, x.at);
}

TEST_P(CallLog, KnowsWhoAnsweredAndWhatItCost) {
  auto x = said("CA1", 1, "assistant", "Hello.");
  log.append({{}, {x, said("CA1", 1, "user", "Hi.")}});
  EXPECT_EQ(log.messages("acme", "CA1")[1].model, "");
  // Both are known only once the answer is complete.
  x.model = "openai:gpt-4o-mini";
  x.usage = {1'200, int64_t{5} << 33};
  log.append({{}, {x}});
  auto messages = log.messages("acme", "CA1");
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].role, "user");
  EXPECT_EQ(messages[0].model, "");
  EXPECT_EQ(messages[0].usage.prompt, 0);
  EXPECT_EQ(messages[1].model, x.model);
  EXPECT_EQ(messages[1].usage.prompt, x.usage.prompt);
  EXPECT_EQ(messages[1].usage.completion, x.usage.completion);
}

TEST_P(CallLog, ListsMessagesAsTheyWereSaid) {
  log.append({{},
              {said("CA1", 3, "assistant", "4"), said("CA1", 3, "user", "3"),
               said("CA1", 1, "assistant", "1"), said("CA1", 2, "user", "2")}});
  std::string order;
  for (auto& msg : log.messages("acme", "CA1"))
    order += msg.text;
  EXPECT_EQ(order, "1234");
}

TEST_P(CallLog, ShowsMessagesToTheirOrganisationOnly) {
  log.append({{}, {said("CA1", 1, "user", "secret")}});
  EXPECT_EQ(log.messages("acme", "CA1").size(), 1u);
  EXPECT_THROW(log.messages("rival", "CA1"), not_found);
  EXPECT_THROW(log.messages("", "CA1"), not_found);
  EXPECT_THROW(log.messages("' OR '1'='1", "CA1"), not_found);
  EXPECT_EQ(count("SELECT COUNT(*) FROM messages WHERE org_id <> 'acme'"), 0);
}

TEST_P(CallLog, CannotHoldRowsOfAnotherOrganisation) {
  EXPECT_EQ(failure_of([&] {
              db->execute("INSERT INTO call_events VALUES "
                          "('CA1', 1, 'rival', 0, 'x', 0, '{}')");
            }),
            failure::constraint);
}

TEST_P(CallLog, KnowsOnlyOpenedCalls) {
  EXPECT_THROW(log.events("CA404", 0), not_found);
  EXPECT_THROW(log.append(batch_of("CA404", 1, 1)), not_found);
  EXPECT_THROW(log.append({{}, {said("CA404", 1, "user", "x")}}), not_found);
  EXPECT_TRUE(log.events("CA1", 0).empty());
  EXPECT_TRUE(log.messages("acme", "CA1").empty());
}

TEST_P(CallLog, TakesABatchAsAWhole) {
  auto batch = batch_of("CA1", 1, 2);
  batch.events.push_back(event("CA404", 1));
  EXPECT_THROW(log.append(batch), not_found);
  EXPECT_TRUE(log.events("CA1", 0).empty());
}

TEST_P(CallLog, CountsFromOne) {
  EXPECT_EQ(complaint_of([&] {
              log.append(batch_of("CA1", 0, 0));
            }).find("call_event.sequence"),
            0u);
}

TEST_P(CallLog, KeepsAnyText) {
  std::vector<std::string> texts{
    "", "'); DELETE FROM messages; --", "caf\xc3\xa9 \xf0\x9f\x93\x9e",
    "\xe2\x80\xae right to left", std::string(1 << 20, 'x')};
  call_log_batch batch;
  for (size_t i = 0; i < texts.size(); ++i) {
    batch.messages.push_back(said("CA1", i + 1, "user", texts[i]));
    batch.events.push_back(event("CA1", i + 1));
    batch.events.back().detail = "{\"text\": \"" + texts[i] + "\"}";
  }
  log.append(batch);
  auto messages = log.messages("acme", "CA1");
  auto events = log.events("CA1", 0);
  ASSERT_EQ(messages.size(), texts.size());
  ASSERT_EQ(events.size(), texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_TRUE(messages[i].text == texts[i]) << i;
    EXPECT_TRUE(events[i].detail == batch.events[i].detail) << i;
  }
}

TEST_P(CallLog, LosesNoWordsOverACharacterThatIsNone) {
  auto x = said("CA1", 1, "assistant", std::string("a\0b", 3));
  x.heard = {"caf\xe9", "\xed\xa0\x80", "ok"};
  log.append({{}, {x}});
  auto y = log.messages("acme", "CA1").at(0);
  EXPECT_EQ(y.text, "a\xef\xbf\xbd"
                    "b");
  EXPECT_EQ(y.heard.heard, "caf\xef\xbf\xbd");
  EXPECT_EQ(y.heard.sent, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(y.heard.unsent, "ok");
}

VELOX_ON_EVERY_ENGINE(CallLog);

} // namespace

} // namespace velox::persistence

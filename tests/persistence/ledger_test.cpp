#include "persistence/ledger.hpp"

#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "persistence/ledger_audit.hpp"
#include "persistence/recovery.hpp"
#include "protocol/json.hpp"
#include "tests/persistence/hooked_connection.hpp"
#include "tests/persistence/records.hpp"

#include <rapidjson/document.h>

#include <atomic>
#include <gmock/gmock.h>
#include <limits>
#include <thread>

namespace velox::persistence {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr unix_ms zero = 1'700'000'000'000;
constexpr auto ever = std::numeric_limits<unix_ms>::max();

class Ledger : public every_tenants_test {
protected:
  Ledger() {
    db->execute("INSERT INTO webhook_endpoints (org_id, id, url, "
                "secret_sealed, old_secret_sealed, disabled_because, "
                "created_at) VALUES ('acme', 'w1', 'https://x.example', '', "
                "'', '', 0)");
  }

  void TearDown() override {
    if (sound) {
      EXPECT_THAT(ledger_audit::check(*db), IsEmpty());
    }
  }

  /// The bodies of the events of a kind, oldest first.
  std::vector<std::string> told(std::string_view kind) {
    auto found
      = db->query("SELECT body FROM outbox WHERE kind = $1 ORDER BY id", kind);
    std::vector<std::string> result;
    while (found.next())
      result.push_back(found.text(0));
    return result;
  }

  int64_t billed(std::string_view call_id) {
    return conversations{*db}.find(call_id)->billed_seconds;
  }

  void
  log(const std::string& call_id, uint64_t sequence, unix_ms at,
      const std::string& kind = "heard", const std::string& detail = "{}") {
    call_log{*db}.append({{{call_id, sequence, at, kind, 0, detail}}, {}});
  }

  ledger books{*db};
  bool sound = true; ///< the books are to be in order at the end
};

// -- races
// ---------------------------------------------------------------------

TEST_P(Ledger, LendsTheLastSecondsToOneOfTwoCalls) {
  books.withdraw("acme", 300, "leaves 300", "", zero);
  std::atomic<int> ready = 0;
  std::atomic<int> lent = 0;
  std::vector<std::thread> threads;
  for (auto call : {"CA1", "CA2"})
    threads.emplace_back([&, call] {
      auto own_db = own.open();
      ledger mine{*own_db};
      mine.find("acme");
      for (++ready; ready < 2;)
        ;
      if (mine.reserve("acme", call, zero))
        ++lent;
    });
  for (auto& x : threads)
    x.join();
  EXPECT_EQ(lent, 1);
  EXPECT_EQ(books.find("acme").reserved_seconds, 300);
}

/// The same without luck: the rival is through between our reading of the
/// credit and our writing. Fails when the UPDATE has no conditions.
TEST_P(Ledger, ReadsAgainWhenAnotherCallWasFaster) {
  if (!on_postgres())
    return; // SQLite lets nobody in between
  books.withdraw("acme", 200, "leaves 400", "", zero);
  auto rival_db = own.open();
  hooked_connection hooked{*db};
  int rivals = 0;
  hooked.before("UPDATE organisations SET credit_seconds", [&] {
    if (++rivals == 1) {
      EXPECT_EQ(ledger{*rival_db}.reserve("acme", "CA2", zero)->covered_seconds,
                300);
    }
  });
  EXPECT_EQ(ledger{hooked}.reserve("acme", "CA1", zero)->covered_seconds, 100);
  EXPECT_EQ(rivals, 2) << "the first attempt was in vain";
  EXPECT_EQ(books.find("acme").credit_seconds, 0);
}

/// Debt that arises while a grant is on its way is paid by it.
TEST_P(Ledger, PaysDebtThatCameInBetween) {
  if (!on_postgres())
    return;
  books.withdraw("acme", 600, "leaves nothing", "", zero);
  auto rival_db = own.open();
  hooked_connection hooked{*db};
  int rivals = 0;
  hooked.before("UPDATE organisations SET credit_seconds", [&] {
    if (++rivals == 1)
      ledger{*rival_db}.withdraw("acme", 40, "refund", "", zero);
  });
  auto left = ledger{hooked}.grant("acme", 100, "invoice", "", zero);
  EXPECT_EQ(left.credit_seconds, 60);
  EXPECT_EQ(left.owed_seconds, 0);
}

TEST_P(Ledger, BooksATickOnceThoughTwoSendIt) {
  books.connect("acme", "CA1", zero, "n1");
  std::atomic<int> ready = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      auto own_db = own.open();
      ledger mine{*own_db};
      mine.find("acme");
      for (++ready; ready < 4;)
        ;
      for (uint64_t tick = 0; tick < 10; ++tick)
        mine.charge("acme", "CA1", tick, 30,
                    zero + 30'000 * static_cast<int64_t>(tick + 1));
    });
  for (auto& x : threads)
    x.join();
  EXPECT_EQ(books.settle("acme", "CA1", 10, 0, zero + 300'000).billed_seconds,
            300);
}

// -- plans
// ----------------------------------------------------------------------

TEST_P(Ledger, RoundsAsThePlanDidWhenTheCallBegan) {
  db->execute("UPDATE plans SET minimum_seconds = 60, increment_seconds = 6 "
              "WHERE id = 'PREPAID'");
  books.connect("acme", "CA1", zero, "n1");
  db->execute("UPDATE plans SET minimum_seconds = 600 WHERE id = 'PREPAID'");
  books.charge("acme", "CA1", 0, 30, zero + 30'000);
  EXPECT_EQ(books.settle("acme", "CA1", 1, 1, zero + 31'000).billed_seconds,
            60);
  books.connect("acme", "CA2", zero, "n1");
  EXPECT_EQ(books.settle("acme", "CA2", 0, 0, zero).billed_seconds, 0)
    << "nothing was said, nothing is paid";
}

TEST_P(Ledger, LetsNoDeletedOrganisationCall) {
  db->execute("UPDATE organisations SET deleted_at = 1 WHERE id = 'acme'");
  EXPECT_FALSE(books.reserve("acme", "CA1", zero));
  EXPECT_FALSE(books.find("acme").open);
  EXPECT_THROW(books.reserve("nobody", "CA1", zero), not_found);
  EXPECT_THROW(books.grant("nobody", 1, "k", "", zero), not_found);
}

TEST_P(Ledger, TakesHostileTextForText) {
  for (std::string text : {"'; DROP TABLE organisations; --", "$1", "%s", "\\",
                           "acme' OR '1'='1", "\xF0\x9F\x92\xA3", ""}) {
    EXPECT_THROW(books.find(text), not_found);
    EXPECT_THROW(books.charge("acme", text, 0, 1, zero), not_found);
    EXPECT_THROW(books.settle(text, "CA1", 0, 1, zero), not_found);
    if (!text.empty()) {
      books.grant("acme", 1, text, text, zero);
      EXPECT_TRUE(books.reserve("acme", text, zero, text));
      EXPECT_TRUE(books.release("acme", text, text, zero));
    }
  }
  EXPECT_EQ(books.find("acme").credit_seconds, 606);
}

// -- what the outside is told
// ---------------------------------------------------

TEST_P(Ledger, TellsOnceThatTheBalanceIsLow) {
  books.grant("acme", 100, "g1", "", zero); // 700, the mark is 600
  EXPECT_THAT(told("balance.low"), IsEmpty());
  books.connect("acme", "CA1", zero, "n1");
  EXPECT_THAT(told("balance.low"), IsEmpty()) << "what is held is there";
  books.charge("acme", "CA1", 0, 90, zero + 1);
  EXPECT_THAT(told("balance.low"), IsEmpty());
  books.charge("acme", "CA1", 1, 30, zero + 2);
  ASSERT_EQ(told("balance.low").size(), 1u);
  EXPECT_THAT(told("balance.low")[0], HasSubstr(R"("credit_seconds":280)"));
  EXPECT_THAT(told("balance.low")[0], HasSubstr(R"("reserved_seconds":300)"));
  books.charge("acme", "CA1", 2, 30, zero + 3);
  EXPECT_EQ(told("balance.low").size(), 1u) << "once";
  books.grant("acme", 600, "g2", "", zero);
  EXPECT_EQ(told("balance.low").size(), 1u);
  books.withdraw("acme", 600, "w1", "", zero);
  EXPECT_EQ(told("balance.low").size(), 2u) << "it was above in between";
  books.settle("acme", "CA1", 3, 0, zero + 4);
}

TEST_P(Ledger, TellsOfACallFromItsBeginningToItsBill) {
  conversations calls{*db};
  calls.open(ringing("CA1"));
  calls.open(ringing("CA1"));
  ASSERT_EQ(told("call.started").size(), 1u);
  EXPECT_THAT(told("call.started")[0], HasSubstr(R"("call_id":"CA1")"));
  EXPECT_THAT(told("call.started")[0],
              HasSubstr(R"("started_at":"2023-11-14T22:13:20.000Z")"));
  books.connect("acme", "CA1", zero, "n1");
  auto words = said("CA1", 1, "assistant", "Good \"morning\", caller.");
  words.heard.heard = "Good";
  call_log{*db}.append({{}, {words, said("CA1", 2, "user", "Hello?")}});
  books.charge("acme", "CA1", 0, 30, zero + 30'000);
  db->execute("INSERT INTO cost_events (call_id, turn, stage, unit, attempt, "
              "org_id, product, quantity, cost_micro, price_version, at) "
              "VALUES ('CA1', 0, 'stt', 'second', 0, 'acme', 'x', 1, 1200, 1, "
              "0), ('CA1', 1, 'llm', 'call', 0, 'acme', 'x', 1, 34, 1, 0)");
  books.settle("acme", "CA1", 1, 12, zero + 42'000);
  auto end = hung_up("CA1");
  end.billed_seconds = 7; // what the call believes
  calls.close(end);
  calls.close(end);
  EXPECT_EQ(billed("CA1"), 42) << "the ledger's word";
  auto bodies = told("call.ended");
  ASSERT_EQ(bodies.size(), 1u);
  rapidjson::Document body;
  ASSERT_EQ(read_json(bodies[0], body), json_error::none) << bodies[0];
  EXPECT_EQ(json_integer(body, "billed_seconds"), 42);
  EXPECT_EQ(json_integer(body, "duration_seconds"), 60);
  EXPECT_EQ(json_integer(body, "cost_micro"), 1234);
  EXPECT_EQ(json_text(body, "reason"), "caller-hung-up");
  EXPECT_EQ(json_text(body, "status"), "COMPLETED");
  auto* transcript = json_member(body, "transcript");
  ASSERT_TRUE(transcript && transcript->IsArray());
  ASSERT_EQ(transcript->Size(), 2u);
  EXPECT_EQ(json_text((*transcript)[0], "text"), "Good \"morning\", caller.");
  EXPECT_EQ(json_text((*transcript)[0], "heard"), "Good");
  EXPECT_EQ(json_text((*transcript)[1], "role"), "user");
  EXPECT_EQ(json_text((*transcript)[1], "heard"), std::nullopt);
}

TEST_P(Ledger, TellsTheBillOnlyWhenItIsFinal) {
  conversations calls{*db};
  calls.open(ringing("CA1"));
  books.connect("acme", "CA1", zero, "n1");
  books.charge("acme", "CA1", 0, 30, zero + 30'000);
  calls.close(hung_up("CA1")); // the ledger was away at the end
  EXPECT_THAT(told("call.ended"), IsEmpty());
  books.settle("acme", "CA1", 1, 5, zero + 35'000);
  ASSERT_EQ(told("call.ended").size(), 1u);
  EXPECT_THAT(told("call.ended")[0], HasSubstr(R"("billed_seconds":35)"));
  EXPECT_EQ(billed("CA1"), 35);
}

// -- recovery
// ------------------------------------------------------------------

TEST_P(Ledger, SettlesFromTheLogWhatACrashLeft) {
  conversations calls{*db};
  for (auto call : {"CA1", "CA2"}) {
    calls.open(ringing(call));
    books.connect("acme", call, zero, "n1");
  }
  books.charge("acme", "CA1", 0, 30, zero + 30'000);
  log("CA1", 1, zero + 12'000);
  log("CA1", 2, zero + 41'500); // heard of last
  EXPECT_EQ(recovery{*db}.run(ever, zero + 90'000), 2u);
  EXPECT_EQ(billed("CA1"), 42);
  EXPECT_EQ(billed("CA2"), 0) << "nothing is known of it";
  EXPECT_EQ(calls.find("CA1")->ended_because, "engine-crashed");
  EXPECT_EQ(told("call.ended").size(), 2u);
  EXPECT_EQ(books.find("acme").credit_seconds, 558);
  EXPECT_EQ(books.find("acme").reserved_seconds, 0);
  EXPECT_EQ(recovery{*db}.run(ever, zero + 99'000), 0u);
  EXPECT_EQ(told("call.ended").size(), 2u);
  EXPECT_EQ(books.find("acme").credit_seconds, 558);
}

TEST_P(Ledger, BelievesTheTickWhenTheLogEndsEarlier) {
  conversations{*db}.open(ringing("CA1"));
  books.connect("acme", "CA1", zero, "n1");
  log("CA1", 1, zero + 1'000);
  books.charge("acme", "CA1", 0, 30, zero + 30'000);
  EXPECT_TRUE(recovery{*db}.recover("CA1", zero + 90'000));
  EXPECT_EQ(billed("CA1"), 30);
}

TEST_P(Ledger, ClosesACallAsItsLogSays) {
  conversations calls{*db};
  calls.open(ringing("CA1"));
  books.connect("acme", "CA1", zero, "n1");
  log("CA1", 1, zero + 9'500, "ended",
      R"({"reason":"agent-hung-up","explanation":"Goodbye."})");
  EXPECT_TRUE(recovery{*db}.recover("CA1", zero + 90'000));
  EXPECT_EQ(calls.find("CA1")->ended_because, "agent-hung-up");
  EXPECT_EQ(calls.find("CA1")->status, conversation_status::completed);
  EXPECT_EQ(calls.find("CA1")->ended_at, zero + 9'500);
  EXPECT_EQ(billed("CA1"), 10);
}

TEST_P(Ledger, SettlesALegFromItsOwnTimeOnly) {
  conversations calls{*db};
  calls.open(ringing("CA1"));
  books.connect("acme", "CA1", zero, "n1");
  log("CA1", 1, zero + 20'000);
  books.settle("acme", "CA1", 0, 20, zero + 20'000);
  auto end = hung_up("CA1");
  end.why = end_reason::wire_lost;
  calls.close(end);
  calls.open(ringing("CA1"));
  books.connect("acme", "CA1", zero + 50'000, "n2");
  EXPECT_TRUE(recovery{*db}.recover("CA1", zero + 90'000));
  EXPECT_EQ(billed("CA1"), 20) << "of the second leg nothing is known";
  calls.open(ringing("CA1"));
  books.connect("acme", "CA1", zero + 100'000, "n3");
  log("CA1", 50'000, zero + 107'000);
  // The carrier was quicker than recovery.
  EXPECT_EQ(books.connect("acme", "CA1", zero + 120'000, "n4")->billed_seconds,
            27);
  EXPECT_EQ(books.settle("acme", "CA1", 9, 3, zero + 123'000).billed_seconds,
            30);
  calls.close(hung_up("CA1"));
}

TEST_P(Ledger, GivesBackWhatASocketThatNeverCameHeld) {
  books.reserve("acme", "CA1", zero, "n1");
  EXPECT_THAT(ledger_audit::open_without_live_call(*db), ElementsAre("CA1"));
  EXPECT_THAT(recovery{*db}.quiet(zero - 1), IsEmpty());
  EXPECT_THAT(recovery{*db}.quiet(zero), ElementsAre("CA1"));
  EXPECT_EQ(recovery{*db}.run(zero, zero + 90'000), 1u);
  EXPECT_EQ(books.find("acme").credit_seconds, 600);
  EXPECT_THAT(ledger_audit::open_without_live_call(*db), IsEmpty());
}

TEST_P(Ledger, LeavesLiveCallsAlone) {
  conversations calls{*db};
  for (auto call : {"CA1", "CA2", "CA3"}) {
    calls.open(ringing(call));
    books.connect("acme", call, zero, "n1");
  }
  books.charge("acme", "CA1", 0, 30, zero + 30'000); // ticks
  log("CA2", 1, zero + 31'000);                      // talks
  recovery lost{*db};
  EXPECT_THAT(lost.quiet(zero + 29'000), ElementsAre("CA3"));
  EXPECT_EQ(lost.run(zero + 29'000, zero + 90'000,
                     [](auto& call) { return call == "CA3"; }),
            0u)
    << "another node has it";
  EXPECT_EQ(lost.run(zero + 30'000, zero + 90'000), 2u);
  EXPECT_EQ(calls.find("CA2")->status, conversation_status::active);
}

// -- the audit
// -----------------------------------------------------------------

TEST_P(Ledger, AuditFindsEveryLie) {
  sound = false;
  conversations{*db}.open(ringing("CA1"));
  books.connect("acme", "CA1", zero, "n1");
  books.charge("acme", "CA1", 0, 30, zero + 30'000);
  books.settle("acme", "CA1", 1, 0, zero + 30'000);
  conversations{*db}.close(hung_up("CA1"));
  books.connect("acme", "CA2", zero, "n1");
  ASSERT_THAT(ledger_audit::check(*db), IsEmpty());
  struct {
    const char* lie;
    const char* finding;
  } cases[] = {
    {"UPDATE organisations SET credit_seconds = credit_seconds + 1 "
     "WHERE id = 'acme'",
     "credit is 271 s in its row and 270 s in the ledger"},
    {"UPDATE organisations SET reserved_seconds = 299 WHERE id = 'acme'",
     "299 s are reserved, its calls hold 300 s"},
    {"UPDATE organisations SET owed_seconds = 5 WHERE id = 'acme'",
     "owed is 5 s in its row"},
    {"UPDATE ledger_postings SET seconds = seconds + 1 WHERE account = 'used'",
     "sum to 1 and not to 0"},
    {"UPDATE call_reservations SET billed_seconds = 31 WHERE call_id = 'CA1'",
     "call CA1: it was billed 31 s, its entries used 30 s"},
    {"UPDATE conversations SET billed_seconds = 29 WHERE call_id = 'CA1'",
     "its conversation has a bill of 29 s, the ledger one of 30 s"},
    {"UPDATE call_reservations SET talked_seconds = 31 WHERE call_id = 'CA1'",
     "31 s were talked and 30 s billed"},
    {"UPDATE call_reservations SET increment_seconds = 60 "
     "WHERE call_id = 'CA1'",
     "which its plan does not give"},
    {"DELETE FROM call_reservations WHERE call_id = 'CA2'",
     "is of a call that never reserved anything"},
    {"UPDATE ledger_postings SET seconds = -seconds WHERE account = 'granted'",
     "on the wrong side"},
    {"DELETE FROM call_reservations WHERE call_id = 'CA1'",
     "a bill of 30 s that the ledger does not know"},
  };
  for (auto& x : cases) {
    transaction lie{*db};
    db->execute(x.lie);
    EXPECT_THAT(ledger_audit::check(*db),
                ::testing::Contains(HasSubstr(x.finding)))
      << x.lie;
  }
}

VELOX_ON_EVERY_ENGINE(Ledger);

} // namespace

} // namespace velox::persistence

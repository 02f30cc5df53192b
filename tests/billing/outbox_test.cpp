#include "persistence/outbox.hpp"

#include "persistence/voicemail.hpp"
#include "persistence/webhook_endpoints.hpp"
#include "tests/persistence/records.hpp"

#include <gmock/gmock.h>
#include <set>
#include <thread>

namespace velox::persistence {

namespace {

using testing::ElementsAre;

constexpr unix_ms now = 1'800'000'000'000;
constexpr int64_t lease = 60'000;

class Outbox : public every_tenants_test {
protected:
  Outbox() { put("acme"); }

  void put(const std::string& org) {
    webhook_endpoints{*db}.put(
      {org, "https://" + org + ".example/hook", "sealed", "", "", now});
  }

  void add(const std::string& id, const std::string& call = "",
           const std::string& org = "acme") {
    outbox{*db}.add({org, id, "call.started", call, "{\"a\":1}", now});
  }

  std::vector<std::string> claim(unix_ms at = now, int64_t limit = 100) {
    std::vector<std::string> out;
    for (auto& x : outbox{*db}.claim({at, lease, limit})) {
      last[x.event_id] = x;
      out.push_back(x.event_id);
    }
    return out;
  }

  void
  finish(const std::string& id, const std::string& status, unix_ms next = now) {
    auto& x = last.at(id);
    outbox{*db}.finish({x.id, x.attempt, status, next, "why", now, ""});
  }

  std::string status_of(const std::string& id) {
    auto found = db->query("SELECT status FROM outbox WHERE event_id = $1", id);
    return found.next() ? found.text(0) : "none";
  }

  std::map<std::string, claimed_webhook> last;
};

} // namespace

TEST_P(Outbox, KeepsNothingForWhomNobodyListens) {
  add("a");
  add("b", "", "rival");
  EXPECT_EQ(status_of("a"), "pending");
  EXPECT_EQ(status_of("b"), "none");
  add("a"); // once
  EXPECT_EQ(count("SELECT COUNT(*) FROM outbox"), 1);
}

TEST_P(Outbox, IsClaimedByOneUntilItsLeaseEnds) {
  add("a");
  EXPECT_THAT(claim(), ElementsAre("a"));
  EXPECT_EQ(last.at("a").attempt, 1);
  EXPECT_EQ(last.at("a").endpoint.url, "https://acme.example/hook");
  EXPECT_EQ(last.at("a").endpoint.secret_sealed, "sealed");
  EXPECT_THAT(claim(now + lease - 1), ElementsAre());
  // Whoever had it has died.
  auto lost = last.at("a");
  EXPECT_THAT(claim(now + lease), ElementsAre("a"));
  EXPECT_EQ(last.at("a").attempt, 2);
  // It is alive after all, and too late.
  outbox{*db}.finish({lost.id, lost.attempt, "dead", now, "", now, ""});
  EXPECT_EQ(status_of("a"), "pending");
  finish("a", "delivered");
  EXPECT_EQ(status_of("a"), "delivered");
  EXPECT_THAT(claim(now + 10 * lease), ElementsAre());
}

TEST_P(Outbox, TellsACallsStoryInItsOrder) {
  add("started", "CA1");
  add("ended", "CA1");
  add("other", "CA2");
  EXPECT_THAT(claim(), ElementsAre("started", "other"));
  EXPECT_THAT(claim(now + 1), ElementsAre());
  finish("started", "delivered");
  EXPECT_THAT(claim(now + 1), ElementsAre("ended"));
}

TEST_P(Outbox, DoesNotWaitForEverForTheBeginning) {
  add("started", "CA1");
  add("ended", "CA1");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(claim(now + i * lease), ElementsAre("started")) << i;
    finish("started", "pending", now + (i < 2 ? i + 1 : 100) * lease);
  }
  EXPECT_THAT(claim(now + 3 * lease), ElementsAre("ended"));
  // What is about to be tried goes first again.
  add("later", "CA1");
  finish("ended", "delivered");
  EXPECT_THAT(claim(now + 100 * lease), ElementsAre("started"));
  finish("started", "delivered");
  EXPECT_THAT(claim(now + 100 * lease), ElementsAre("later"));
}

TEST_P(Outbox, EndsWithItsEndpoint) {
  add("a");
  add("b");
  claim(now, 1);
  auto& x = last.at("a");
  outbox{*db}.finish({x.id, x.attempt, "dead", now, "gone", now, "410"});
  EXPECT_EQ(status_of("b"), "dead");
  add("c"); // nobody is told any more
  EXPECT_EQ(status_of("c"), "none");
  EXPECT_EQ(webhook_endpoints{*db}.find("acme").disabled_because, "410");
  put("acme");
  outbox{*db}.retry({"acme", x.id, now});
  EXPECT_THAT(claim(now + 1), ElementsAre("a"));
  webhook_endpoints{*db}.remove("acme", now);
  EXPECT_THROW(webhook_endpoints{*db}.find("acme"), not_found);
  EXPECT_THROW(webhook_endpoints{*db}.remove("acme", now), not_found);
  EXPECT_EQ(status_of("a"), "dead");
}

TEST_P(Outbox, ShowsAndRetriesItsOwnDeadOnly) {
  add("a");
  claim();
  finish("a", "dead");
  auto id = last.at("a").id;
  auto backlog = outbox{*db}.backlog();
  EXPECT_EQ(backlog.dead, 1);
  EXPECT_EQ(backlog.pending, 0);
  auto seen = outbox{*db}.list({"acme", "dead", 10});
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].last_problem, "why");
  EXPECT_TRUE(outbox{*db}.list({"rival", "", 10}).empty());
  EXPECT_THROW((outbox{*db}.retry({"rival", id, now})), not_found);
  outbox{*db}.retry({"acme", id, now});
  EXPECT_THROW((outbox{*db}.retry({"acme", id, now})), not_found);
  EXPECT_THAT(claim(), ElementsAre("a"));
}

TEST_P(Outbox, NobodySendsTheSameAtOnce) {
  constexpr int total = 60;
  for (int i = 0; i < total; ++i)
    add("e" + std::to_string(i));
  std::mutex mutex;
  std::multiset<std::string> taken;
  std::vector<std::jthread> nodes;
  for (int n = 0; n < 4; ++n)
    nodes.emplace_back([&] {
      auto mine = own.open();
      for (int empty = 0; empty < 5;) {
        std::vector<claimed_webhook> got;
        try {
          got = outbox{*mine}.claim({now, lease, 5});
        } catch (const database_error& e) {
          EXPECT_EQ(e.why(), failure::busy) << e.what();
        }
        empty = got.empty() ? empty + 1 : 0;
        std::lock_guard guard{mutex};
        for (auto& x : got)
          taken.insert(x.event_id);
      }
    });
  nodes.clear();
  EXPECT_EQ(taken.size(), size_t{total});
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(),
            size_t{total});
}

TEST_P(Outbox, TellsOfVoicemailOnce) {
  voicemail_left x{"CA1", "+15550100", "RE1", "https://api.twilio.com/RE1",
                   12,    now};
  store_voicemail(*db, x);
  store_voicemail(*db, x);
  EXPECT_THAT(claim(), ElementsAre("voicemail.received:RE1"));
  EXPECT_THAT(last.begin()->second.data, testing::HasSubstr("\"front-desk\""));
  x.called = "+19990000";
  EXPECT_THROW(store_voicemail(*db, x), not_found);
  x.called = "";
  EXPECT_THROW(store_voicemail(*db, x), not_found);
}

VELOX_ON_EVERY_ENGINE(Outbox);

} // namespace velox::persistence

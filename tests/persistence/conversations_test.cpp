#include "persistence/conversations.hpp"

#include "persistence/call_log.hpp"
#include "persistence/recovery.hpp"
#include "tests/persistence/records.hpp"

#include <limits>

namespace velox::persistence {

namespace {

constexpr auto forever = std::numeric_limits<unix_ms>::max();

class Conversations : public every_tenants_test {
protected:
  conversations calls{*db};
};

TEST_P(Conversations, BeginLive) {
  auto x = ringing("CA1");
  x.status = conversation_status::failed; // not for the caller to say
  x.ended_because = "x";
  x.billed_seconds = 3;
  auto y = calls.open(x);
  EXPECT_EQ(y.call_id, "CA1");
  EXPECT_EQ(y.org_id, "acme");
  EXPECT_EQ(y.agent_id, "front-desk");
  EXPECT_EQ(y.caller, x.caller);
  EXPECT_EQ(y.called, x.called);
  EXPECT_EQ(y.status, conversation_status::active);
  EXPECT_EQ(y.started_at, x.started_at);
  EXPECT_EQ(y.ended_at, 0);
  EXPECT_EQ(y.ended_because, "");
  EXPECT_EQ(y.billed_seconds, 3);
}

TEST_P(Conversations, EndAsTold) {
  calls.open(ringing("CA1"));
  auto end = hung_up("CA1");
  end.why = end_reason::transferred;
  end.explanation = "The caller wanted a person.";
  end.transfer_to = "+15550111";
  calls.close(end);
  auto y = calls.find("CA1");
  EXPECT_EQ(y->status, conversation_status::completed);
  EXPECT_EQ(y->ended_at, end.at);
  EXPECT_EQ(y->ended_because, "transferred");
  EXPECT_EQ(y->explanation, end.explanation);
  EXPECT_EQ(y->transfer_to, "+15550111");
  EXPECT_EQ(y->billed_seconds, 60);
}

TEST_P(Conversations, KeepEveryStatus) {
  for (auto status :
       {conversation_status::completed, conversation_status::failed,
        conversation_status::abandoned}) {
    auto id = to_text(status);
    calls.open(ringing(id));
    auto end = hung_up(id);
    end.status = status;
    calls.close(end);
    EXPECT_EQ(calls.find(id)->status, status);
  }
}

TEST_P(Conversations, EndOnceOnly) {
  calls.open(ringing("CA1"));
  calls.close(hung_up("CA1"));
  auto late = hung_up("CA1");
  late.status = conversation_status::failed;
  late.why = end_reason::deadline_reached;
  late.billed_seconds = 999;
  calls.close(late);
  auto y = calls.find("CA1");
  EXPECT_EQ(y->status, conversation_status::completed);
  EXPECT_EQ(y->ended_because, "caller-hung-up");
  EXPECT_EQ(y->billed_seconds, 60);
}

TEST_P(Conversations, DoNotEndUnknownOrStillActive) {
  EXPECT_THROW(calls.close(hung_up("CA404")), not_found);
  calls.open(ringing("CA1"));
  auto end = hung_up("CA1");
  end.status = conversation_status::active;
  EXPECT_EQ(failure_of([&] { calls.close(end); }), failure::constraint);
}

TEST_P(Conversations, GoOnWhenOpenedAgainWhileLive) {
  calls.open(ringing("CA1"));
  auto again = ringing("CA1");
  again.started_at += 5000;
  again.caller = "someone else";
  auto y = calls.open(again);
  EXPECT_EQ(y.started_at, ringing("CA1").started_at);
  EXPECT_EQ(y.caller, ringing("CA1").caller);
}

TEST_P(Conversations, GoOnAfterAnAccident) {
  for (auto why : {end_reason::engine_crashed, end_reason::engine_stopped,
                   end_reason::wire_lost}) {
    std::string id{to_text(why)};
    calls.open(ringing(id));
    auto end = hung_up(id);
    end.status = conversation_status::failed;
    end.why = why;
    end.explanation = "It broke.";
    calls.close(end);
    auto y = calls.open(ringing(id));
    EXPECT_EQ(y.status, conversation_status::active) << id;
    EXPECT_EQ(y.ended_at, 0);
    EXPECT_EQ(y.ended_because, "");
    EXPECT_EQ(y.explanation, "");
    EXPECT_EQ(y.billed_seconds, 60) << "what was billed is forgotten";
    calls.close(hung_up(id));
    EXPECT_EQ(calls.find(id)->ended_because, "caller-hung-up");
  }
}

TEST_P(Conversations, AreWrittenByTheNewestLeaseOnly) {
  auto batch = [](uint64_t sequence, int64_t fence) {
    call_log_batch x;
    x.events = {event("CA1", sequence)};
    x.fence = fence;
    return x;
  };
  auto end = hung_up("CA1");
  end.fence = 100;
  conversations calls{*db};
  call_log log{*db};
  calls.open(ringing("CA1"), 100, "a");
  log.append(batch(1, 100));
  calls.open(ringing("CA1"), 200, "b");
  EXPECT_THROW(log.append(batch(2, 100)), database_error);
  EXPECT_THROW(calls.close(end), database_error);
  EXPECT_THROW(calls.open(ringing("CA1"), 199, "a"), database_error);
  EXPECT_EQ(calls.find("CA1")->status, conversation_status::active);
  EXPECT_EQ(log.events("CA1", 0).size(), 1u);
  log.append(batch(2, 200));
  log.append(batch(3, 0)); // recovery has no lease
  end.fence = 200;
  calls.close(end);
  EXPECT_EQ(calls.find("CA1")->status, conversation_status::completed);
  EXPECT_THROW(calls.insist_on_fence("CA404", 1), not_found);
}

TEST_P(Conversations, StayEndedWhenTheyWereMeantToEnd) {
  calls.open(ringing("CA1"));
  calls.close(hung_up("CA1"));
  auto y = calls.open(ringing("CA1"));
  EXPECT_EQ(y.status, conversation_status::completed);
  EXPECT_EQ(y.ended_because, "caller-hung-up");
}

TEST_P(Conversations, BelongToOneOrganisation) {
  calls.open(ringing("CA1"));
  auto theirs = ringing("CA1");
  theirs.org_id = "rival";
  EXPECT_THROW(calls.open(theirs), not_found);
  EXPECT_FALSE(calls.find("rival", "CA1"));
  EXPECT_FALSE(calls.find("", "CA1"));
  EXPECT_TRUE(calls.find("acme", "CA1"));
}

TEST_P(Conversations, NeedAnAgentOfTheOrganisation) {
  auto x = ringing("CA1");
  x.agent_id = "ghost";
  EXPECT_EQ(complaint_of([&] { calls.open(x); }).find("conversation.agent_id"),
            0u);
  EXPECT_FALSE(calls.find("CA1"));
}

TEST_P(Conversations, LeftLiveByACrashAreMarkedAndExplained) {
  calls.open(ringing("CAended"));
  calls.close(hung_up("CAended"));
  calls.open(ringing("CAsilent"));
  auto billed = ringing("CAtalking");
  billed.billed_seconds = 30;
  calls.open(billed);
  call_log_batch batch;
  for (uint64_t i = 1; i <= 3; ++i)
    batch.events.push_back(event("CAtalking", i));
  batch.events.back().at = 1'700'000'012'345; // 2023-11-14T22:13:32.345Z
  call_log{*db}.append(batch);

  EXPECT_EQ(recovery{*db}.run(forever, 1'700'000'100'000), 2u);
  auto talking = calls.find("CAtalking");
  EXPECT_EQ(talking->status, conversation_status::failed);
  EXPECT_EQ(talking->ended_because, "engine-crashed");
  EXPECT_EQ(talking->ended_at, 1'700'000'012'345);
  EXPECT_EQ(talking->billed_seconds, 30);
  EXPECT_EQ(talking->explanation,
            "The engine died during this call; the last event of its log is "
            "from 2023-11-14T22:13:32.345Z. Found at "
            "2023-11-14T22:15:00.000Z.");
  auto silent = calls.find("CAsilent");
  EXPECT_EQ(silent->status, conversation_status::abandoned);
  EXPECT_EQ(silent->ended_at, silent->started_at);
  EXPECT_EQ(silent->explanation,
            "The engine died during this call; it began at "
            "2023-11-14T22:13:20.000Z and nothing was logged after that. Found "
            "at 2023-11-14T22:15:00.000Z.");
  EXPECT_EQ(calls.find("CAended")->ended_because, "caller-hung-up");
  EXPECT_EQ(recovery{*db}.run(forever, 1'700'000'200'000), 0u);
  EXPECT_EQ(calls.open(ringing("CAtalking")).status,
            conversation_status::active);
}

VELOX_ON_EVERY_ENGINE(Conversations);

} // namespace

} // namespace velox::persistence

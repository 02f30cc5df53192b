#include "persistence/session_store.hpp"
#include "tests/actors/call_fixture.hpp"

namespace velox::actors {

namespace {

using persistence::lease_answer;
using persistence::renewal;
using persistence::shared_call;

/// Other nodes, as a test wants them; answers at once.
struct other_nodes : persistence::shared_sessions {
  void start(listener to) override {
    to.changed(true, "");
    heard = std::move(to);
  }
  void take(const take_lease& x, int64_t least, then<lease_answer> f) override {
    ++asked;
    taken = x;
    f(refusals > 0 ? (--refusals, lease_answer{true, 0})
                   : lease_answer{reachable, std::max<int64_t>(least, 1000)});
  }
  void renew(const shared_call&, then<renewal> f) override { f(renewed); }
  void show(const shared_call& x, then<bool> f) override {
    shown.push_back(std::string{to_text(x.shown.stage)});
    last = x;
    f(true);
  }
  void release(const shared_call& x, then<bool> f) override {
    released = x.fence;
    f(true);
  }
  void announce() override {}
  void
  allow(const allow_request&, then<std::optional<request_allowed>> f) override {
    f(std::nullopt);
  }
  void tell_breaker(const breaker_changed&) override {}
  void ask_breaker(const std::string&,
                   then<std::optional<breaker_changed>> f) override {
    f(std::nullopt);
  }
  void end_call(const end_call_anywhere&, then<bool> f) override { f(false); }
  void list(then<std::optional<std::vector<session_record>>> f) override {
    f(std::nullopt);
  }

  listener heard;
  int refusals = 0; ///< so often another node has the call
  bool reachable = true;
  renewal renewed = renewal::kept;
  int asked = 0;
  take_lease taken;
  int64_t released = 0;
  std::vector<std::string> shown;
  shared_call last;
};

/// A call with a session store, in virtual time.
class CallSession : public call_test {
protected:
  CallSession() {
    persistence::session_store_options x;
    x.node = "a";
    x.shared = others;
    x.time_of_day = services.time_of_day;
    services.sessions = persistence::spawn_session_store(sys, std::move(x));
    services.node = "a";
  }

  void TearDown() override {
    if (subject)
      caf::anon_send_exit(subject, caf::exit_reason::kill);
    settle();
    subject = nullptr;
    caf::anon_send_exit(services.sessions, caf::exit_reason::user_shutdown);
    services.sessions = nullptr;
    settle();
    call_test::TearDown();
  }

  bool was_shown(const std::string& stage) {
    auto& all = others->shown;
    return std::find(all.begin(), all.end(), stage) != all.end();
  }

  std::shared_ptr<other_nodes> others = std::make_shared<other_nodes>();
};

TEST_F(CallSession, TakesItsLeaseBeforeItIsStored) {
  ring_and_greet();
  EXPECT_EQ(others->asked, 1);
  EXPECT_EQ(others->taken.call_id, "CA1");
  EXPECT_EQ(others->taken.org_id, "o1");
  EXPECT_EQ(others->taken.agent_id, "a1");
  EXPECT_EQ(db->fences["CA1"], 1000);
  EXPECT_TRUE(stored().ended_because.empty());
}

TEST_F(CallSession, GivesItsLeaseBackAtTheEnd) {
  ring_and_greet();
  EXPECT_EQ(others->released, 0);
  leg->hang_up();
  advance(10s);
  EXPECT_EQ(others->released, 1000);
}

TEST_F(CallSession, IsRefusedWhileAnotherNodeHasIt) {
  others->refusals = 1000;
  ring();
  advance(20s);
  EXPECT_TRUE(leg->closed());
  EXPECT_EQ(ended, std::vector{end_reason::refused});
  EXPECT_EQ(others->asked, 1);
  EXPECT_TRUE(db->conversations.empty());
}

TEST_F(CallSession, WaitsForTheLeaseOfADeadNodeWhenItComesBack) {
  others->refusals = 20;
  start.resumed = true;
  ring();
  advance(9s);
  EXPECT_FALSE(leg->closed());
  EXPECT_TRUE(db->conversations.empty());
  advance(10s);
  EXPECT_EQ(others->asked, 21);
  EXPECT_EQ(db->fences["CA1"], 1000);
  EXPECT_FALSE(leg->closed());
}

TEST_F(CallSession, GoesOnWithoutOthersWhenNobodyCanBeAsked) {
  others->reachable = false;
  ring_and_greet();
  EXPECT_GT(db->fences["CA1"], 0);
}

TEST_F(CallSession, GoesOnWithoutASessionStore) {
  caf::anon_send_exit(services.sessions, caf::exit_reason::kill);
  settle();
  ring_and_greet();
  EXPECT_EQ(db->fences.count("CA1"), 0u);
}

TEST_F(CallSession, ShowsWhatItIsDoing) {
  ring_and_greet();
  exchange("hello");
  for (auto stage : {"speaking", "listening", "user_speaking"})
    EXPECT_TRUE(was_shown(stage)) << stage;
  EXPECT_EQ(others->last.shown.turn, 2u);
  EXPECT_EQ(others->shown.back(), "listening");
  tell(subject, end_call{end_reason::ended_by_operator, "Test."});
  advance(200ms);
  EXPECT_EQ(others->shown.back(), "saying_goodbye");
  auto before = others->shown.size();
  advance(20s);
  EXPECT_EQ(others->shown.back(), "saying_goodbye");
  EXPECT_LE(others->shown.size(), before + 1);
  EXPECT_GT(others->released, 0);
}

TEST_F(CallSession, EndsWithoutAWordWhenAnotherNodeTookIt) {
  ring_and_greet();
  // The other node has opened the call with its own, newer lease.
  db->fences["CA1"] = 5000;
  auto logged = db->events_of("CA1").size();
  others->renewed = renewal::lost;
  advance(6s);
  EXPECT_TRUE(leg->closed());
  advance(30s);
  EXPECT_EQ(ended, std::vector{end_reason::wire_lost});
  EXPECT_EQ(stored().status, conversation_status::active)
    << "the other node's call was closed";
  EXPECT_EQ(db->events_of("CA1").size(), logged);
  EXPECT_EQ(others->released, 0) << "the other's lease was given back";
}

} // namespace

} // namespace velox::actors

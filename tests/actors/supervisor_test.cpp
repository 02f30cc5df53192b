#include "actors/supervisor.hpp"

#include "tests/support/actor_test.hpp"

#include <caf/event_based_actor.hpp>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

using names = std::vector<std::string>;

supervision within(size_t limit, caf::timespan window, back_off pauses = {}) {
  return {strategy::one_for_one, {limit, window}, pauses};
}

supervision rest_for_one() {
  return {strategy::rest_for_one, {}, {}};
}

/// Feeds a supervisor by hand with children that do nothing.
class Supervisor : public test::actor_test {
protected:
  child_spec spec(std::string name, restart policy = restart::permanent) {
    return {name, policy, [this, name] {
              started.push_back(name);
              return keep(sys.spawn(
                []() -> caf::behavior { return {[](caf::unit_t) {}}; }));
            }};
  }

  supervisor& make(std::vector<child_spec> specs, supervision options = {}) {
    subject.emplace(std::move(specs), options);
    subject->start();
    return *subject;
  }

  caf::actor handle(const std::string& name) {
    for (auto& child : subject->children())
      if (child.name == name)
        return child.handle;
    return nullptr;
  }

  bool up(const std::string& name) { return handle(name) != nullptr; }

  /// The child of this name ends.
  supervisor::verdict
  fall(const std::string& name,
       caf::error why = caf::make_error(errc::provider_failed)) {
    return subject->on_exit({handle(name).address(), std::move(why)},
                            world.now());
  }

  names restart_due() {
    started.clear();
    auto result = subject->restart_due(world.now());
    EXPECT_EQ(result, started);
    return result;
  }

  std::optional<supervisor> subject;
  names started;
};

TEST_F(Supervisor, StartsItsChildrenInOrder) {
  make({spec("a"), spec("b"), spec("c")});
  EXPECT_EQ(started, (names{"a", "b", "c"}));
}

TEST_F(Supervisor, RestartsAPermanentChildWhateverTheReason) {
  make({spec("a")});
  auto first = handle("a");
  auto verdict = fall("a", caf::exit_reason::normal);
  EXPECT_EQ(verdict.child, "a");
  EXPECT_FALSE(verdict.give_up);
  EXPECT_EQ(verdict.pause, caf::timespan{0});
  EXPECT_FALSE(up("a"));
  EXPECT_EQ(restart_due(), names{"a"});
  EXPECT_TRUE(up("a"));
  EXPECT_NE(handle("a"), first);
  EXPECT_EQ(subject->children()[0].restarts, 1u);
}

TEST_F(Supervisor, RestartsATransientChildAfterAFailureOnly) {
  make({spec("a", restart::transient)});
  EXPECT_TRUE(fall("a").pause);
  EXPECT_EQ(restart_due(), names{"a"});
  EXPECT_FALSE(fall("a", caf::exit_reason::normal).pause);
  EXPECT_EQ(restart_due(), names{});
}

TEST_F(Supervisor, DoesNotMissATemporaryChild) {
  make({spec("a", restart::temporary)});
  auto verdict = fall("a");
  EXPECT_EQ(verdict.child, "a");
  EXPECT_FALSE(verdict.pause);
  EXPECT_FALSE(verdict.give_up);
  EXPECT_EQ(restart_due(), names{});
}

TEST_F(Supervisor, GivesUpBeyondItsIntensity) {
  make({spec("a"), spec("b")}, within(3, 30s));
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(fall("a").give_up) << i;
    advance(2s);
    restart_due();
  }
  auto verdict = fall("b");
  EXPECT_EQ(verdict.give_up, errc::too_many_restarts);
  EXPECT_EQ(verdict.child, "b");
  advance(1h);
  EXPECT_EQ(restart_due(), names{});
  EXPECT_FALSE(subject->next_due(world.now()));
}

TEST_F(Supervisor, ForgivesWhatIsLongerAgoThanTheWindow) {
  make({spec("a")}, within(3, 30s));
  for (int i = 0; i < 20; ++i) {
    auto verdict = fall("a");
    ASSERT_FALSE(verdict.give_up) << i;
    advance(11s);
    ASSERT_EQ(restart_due(), names{"a"}) << i;
  }
}

TEST_F(Supervisor, CountsARestartOfExactlyTheWindowAgoNoMore) {
  make({spec("a")}, within(1, 30s));
  fall("a");
  restart_due();
  advance(30s);
  EXPECT_FALSE(fall("a").give_up);
  restart_due();
  advance(30s - 1ns);
  EXPECT_TRUE(fall("a").give_up);
}

TEST_F(Supervisor, DoublesThePauseUpToItsMost) {
  make({spec("a")}, within(8, 1h, {100ms, 500ms}));
  std::vector<caf::timespan> pauses;
  for (int i = 0; i < 6; ++i) {
    pauses.push_back(fall("a").pause.value());
    advance(pauses.back());
    EXPECT_EQ(restart_due(), names{"a"}) << i;
  }
  EXPECT_EQ(pauses, (std::vector<caf::timespan>{0ms, 100ms, 200ms, 400ms, 500ms,
                                                500ms}));
}

TEST_F(Supervisor, StartsNobodyBeforeThePauseIsOver) {
  make({spec("a")});
  fall("a");
  restart_due();
  EXPECT_EQ(fall("a").pause, 100ms);
  advance(100ms - 1ns);
  EXPECT_EQ(restart_due(), names{});
  advance(1ns);
  EXPECT_EQ(restart_due(), names{"a"});
}

TEST_F(Supervisor, KnowsWhenTheNextChildIsDue) {
  make({spec("a"), spec("b"), spec("c")}, within(9, 30s));
  EXPECT_FALSE(subject->next_due(world.now()));
  fall("a");
  restart_due();
  fall("b"); // 100 ms
  fall("c"); // 200 ms
  EXPECT_EQ(subject->next_due(world.now()), 100ms);
  advance(100ms);
  EXPECT_EQ(restart_due(), names{"b"});
  EXPECT_EQ(subject->next_due(world.now()), 100ms);
  advance(1h);
  EXPECT_EQ(subject->next_due(world.now()), 0ms);
}

TEST_F(Supervisor, LeavesOthersAloneOneForOne) {
  make({spec("a"), spec("b"), spec("c")});
  fall("a");
  settle();
  EXPECT_TRUE(up("b"));
  EXPECT_TRUE(up("c"));
  EXPECT_EQ(restart_due(), names{"a"});
}

TEST_F(Supervisor, RestartsTheRestInOrder) {
  make({spec("a"), spec("b"), spec("c"), spec("d")}, rest_for_one());
  auto a = handle("a");
  auto ended = [this](const std::string& name) {
    return fall(name, caf::exit_reason::user_shutdown);
  };
  EXPECT_EQ(fall("b").pause, caf::timespan{0});
  EXPECT_EQ(restart_due(), names{}) << "the siblings have not ended yet";
  EXPECT_EQ(ended("d").pause, caf::timespan{0});
  EXPECT_EQ(restart_due(), names{}) << "one of them";
  EXPECT_EQ(ended("c").pause, caf::timespan{0});
  EXPECT_EQ(restart_due(), (names{"b", "c", "d"}));
  EXPECT_EQ(handle("a"), a);
  // One accident, not three.
  EXPECT_EQ(fall("a").pause, 100ms);
}

TEST_F(Supervisor, OrdersTheRestToEnd) {
  make({spec("a"), spec("b"), spec("c")}, rest_for_one());
  self->monitor(handle("a"));
  self->monitor(handle("b"));
  self->monitor(handle("c"));
  auto c = handle("c").address(), b = handle("b").address();
  fall("a");
  auto down = all<caf::down_msg>();
  ASSERT_EQ(down.size(), 2u);
  EXPECT_EQ(down[0].source, c) << "the last started ends first";
  EXPECT_EQ(down[1].source, b);
}

TEST_F(Supervisor, DoesNotBringBackATemporarySibling) {
  make({spec("a"), spec("b", restart::temporary), spec("c")}, rest_for_one());
  fall("a");
  EXPECT_FALSE(fall("b", caf::exit_reason::user_shutdown).pause);
  EXPECT_TRUE(fall("c", caf::exit_reason::user_shutdown).pause);
  EXPECT_EQ(restart_due(), (names{"a", "c"}));
}

TEST_F(Supervisor, StartsNobodyOnceRetired) {
  make({spec("a"), spec("b")});
  fall("a");
  subject->retire();
  auto verdict = fall("b");
  EXPECT_EQ(verdict.child, "b");
  EXPECT_FALSE(verdict.pause);
  EXPECT_FALSE(verdict.give_up);
  EXPECT_EQ(restart_due(), names{});
}

TEST_F(Supervisor, KillsByName) {
  make({spec("a"), spec("b")});
  auto b = handle("b");
  self->monitor(b);
  EXPECT_TRUE(subject->kill("b"));
  auto down = next<caf::down_msg>();
  ASSERT_TRUE(down);
  EXPECT_EQ(down->source, b.address());
  EXPECT_NE(down->reason, caf::exit_reason::kill)
    << "that would pass the parent's exit handler by";
  fall("b", down->reason);
  EXPECT_FALSE(subject->kill("b")) << "it is down";
  EXPECT_FALSE(subject->kill("z"));
}

TEST_F(Supervisor, HandsOnTheReasonOfAStranger) {
  make({spec("a")});
  auto verdict = subject->on_exit(
    {self->address(), caf::exit_reason::user_shutdown}, world.now());
  EXPECT_EQ(verdict.give_up, caf::exit_reason::user_shutdown);
  EXPECT_EQ(verdict.child, "");
  EXPECT_TRUE(up("a"));
}

TEST_F(Supervisor, DoesNotKnowAChildThatEndedBefore) {
  make({spec("a")});
  auto first = handle("a");
  fall("a");
  restart_due();
  auto verdict = subject->on_exit(
    {first.address(), caf::make_error(errc::provider_failed)}, world.now());
  EXPECT_EQ(verdict.child, "");
  EXPECT_TRUE(up("a"));
}

} // namespace

} // namespace velox::actors

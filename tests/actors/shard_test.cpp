#include "actors/shard.hpp"

#include "actors/pinned.hpp"
#include "protocol/type_ids.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <future>
#include <gmock/gmock.h>
#include <mutex>
#include <thread>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

using probe_actor = caf::typed_actor<
  // Where does this run?
  caf::replies_to<caf::get_atom>::with<uint64_t>,
  // One more.
  caf::reacts_to<caf::add_atom>,
  // How many were there?
  caf::replies_to<caf::ok_atom>::with<uint64_t>,
  // Set a timer of so many milliseconds.
  caf::reacts_to<caf::put_atom, uint64_t>,
  // Have a child; where does that run?
  caf::replies_to<caf::spawn_atom>::with<uint64_t>,
  // Fail; be slow; end.
  caf::reacts_to<caf::close_atom>, caf::reacts_to<caf::delete_atom>,
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

uint64_t this_thread() {
  return std::hash<std::thread::id>{}(std::this_thread::get_id());
}

struct probe_state {
  static inline const char* name = "probe";

  uint64_t count = 0;
  std::vector<uint64_t> fired;
  probe_actor child;
};

using probe_pointer = pinned_pointer<probe_actor, probe_state>;

using timer_sink = std::function<void(uint64_t)>;

probe_actor::behavior_type probe(probe_pointer self, timer_sink fired) {
  self->now_doing("probing");
  return {
    [](caf::get_atom) { return this_thread(); },
    [self](caf::add_atom) { ++self->state.count; },
    [self](caf::ok_atom) { return self->state.count; },
    [self](caf::put_atom, uint64_t ms) {
      wake(self, std::chrono::milliseconds{ms}, ms);
    },
    [self](caf::spawn_atom) {
      self->state.child = self->spawn<caf::linked>(probe, timer_sink{});
      return self->delegate(self->state.child, caf::get_atom_v);
    },
    [](caf::close_atom) { throw std::runtime_error("a bug"); },
    [](caf::delete_atom) {
      auto until = std::chrono::steady_clock::now() + 2 * home::patience;
      while (std::chrono::steady_clock::now() < until) {
      }
    },
    [fired](caf::timeout_atom, uint64_t number) { fired(number); },
  };
}

/// Real threads: one shard, and the test's own. Nothing sleeps; what another
/// thread does is waited for by a message or a future.
class Shard : public testing::Test {
protected:
  struct config : caf::actor_system_config {
    config() { add_message_types<caf::id_block::velox>(); }
  };

  ~Shard() override {
    for (auto& x : kept)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    kept.clear();
    sys.await_all_actors_done();
    subject.stop();
  }

  probe_actor spawn(timer_sink fired = {}) {
    auto result = spawn_on(subject, sys, probe, std::move(fired));
    kept.push_back(result);
    return result;
  }

  template <class Answer = uint64_t, class... Ts>
  caf::expected<Answer> ask(const probe_actor& to, Ts... xs) {
    caf::expected<Answer> result{caf::sec::request_timeout};
    caf::scoped_actor self{sys};
    self->request(to, 20s, xs...)
      .receive([&](Answer x) { result = x; },
               [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  /// Runs `f` on the shard and waits for what it says.
  template <class F>
  auto on_shard(F f) {
    std::promise<decltype(f())> promise;
    auto result = promise.get_future();
    subject.post([&] { promise.set_value(f()); });
    return result.get();
  }

  config cfg;
  caf::actor_system sys{cfg};
  shard subject{sys, 3};
  std::vector<probe_actor> kept;
};

TEST_F(Shard, RunsItsActorsOnItsThread) {
  subject.start();
  auto thread = on_shard([] { return this_thread(); });
  EXPECT_NE(thread, this_thread());
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(ask(spawn(), caf::get_atom_v), thread);
  EXPECT_EQ(subject.index(), 3u);
}

TEST_F(Shard, RunsChildrenOfItsActorsToo) {
  subject.start();
  auto thread = on_shard([] { return this_thread(); });
  EXPECT_EQ(ask(spawn(), caf::spawn_atom_v), thread);
}

TEST_F(Shard, RunsWhatWasSentBeforeItStarted) {
  auto x = spawn();
  for (int i = 0; i < 100; ++i)
    caf::anon_send(x, caf::add_atom_v);
  subject.start();
  EXPECT_EQ(ask(x, caf::ok_atom_v), 100u);
}

TEST_F(Shard, LosesNoMessageOfManyThreads) {
#ifdef __SANITIZE_THREAD__
  constexpr int rounds = 100; // every one is watched, which takes its time
#else
  constexpr int rounds = 2000;
#endif
  subject.start();
  std::vector<probe_actor> actors;
  for (int i = 0; i < 8; ++i)
    actors.push_back(spawn());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < rounds; ++n)
        for (auto& x : actors)
          caf::anon_send(x, caf::add_atom_v);
    });
  for (auto& x : threads)
    x.join();
  for (auto& x : actors)
    EXPECT_EQ(ask(x, caf::ok_atom_v), 4u * rounds);
}

TEST_F(Shard, RunsWhatIsReadyAtOnceWhenASocketAsks) {
  subject.start();
  auto x = spawn();
  ask(x, caf::get_atom_v);
  auto handled = on_shard([&] {
    auto* seen
      = dynamic_cast<observed*>(caf::actor_cast<caf::abstract_actor*>(x));
    auto before = seen->handled();
    caf::anon_send(x, caf::add_atom_v);
    caf::anon_send(x, caf::add_atom_v);
    auto waiting = seen->waiting();
    subject.run_ready();
    return waiting == 2 && seen->handled() == before + 2;
  });
  EXPECT_TRUE(handled);
}

TEST_F(Shard, WakesActorsInTheOrderOfTheirTimers) {
  subject.start();
  std::promise<void> done;
  std::vector<uint64_t> fired;
  auto start = std::chrono::steady_clock::now();
  auto x = spawn([&](uint64_t number) {
    EXPECT_GE(std::chrono::steady_clock::now() - start,
              std::chrono::milliseconds{number});
    fired.push_back(number);
    if (fired.size() == 3)
      done.set_value();
  });
  for (uint64_t ms : {230, 10, 120})
    caf::anon_send(x, caf::put_atom_v, ms);
  done.get_future().wait();
  EXPECT_EQ(fired, (std::vector<uint64_t>{10, 120, 230}));
}

TEST_F(Shard, ForgetsTheTimersOfAnActorThatEnded) {
  subject.start();
  auto x = spawn();
  auto y = spawn();
  for (uint64_t i = 0; i < 50; ++i)
    caf::anon_send(x, caf::put_atom_v, 3'600'000 + i);
  caf::anon_send(y, caf::put_atom_v, uint64_t{3'600'000});
  ask(x, caf::get_atom_v);
  ask(y, caf::get_atom_v);
  EXPECT_EQ(on_shard([this] { return subject.timers(); }), 51u);
  caf::scoped_actor self{sys};
  self->monitor(x);
  caf::anon_send_exit(x, caf::exit_reason::kill);
  self->receive([](const caf::down_msg&) {});
  EXPECT_EQ(on_shard([this] { return subject.timers(); }), 1u);
}

TEST_F(Shard, AnExceptionEndsOneActorOnly) {
  subject.start();
  auto bad = spawn();
  auto good = spawn();
  caf::scoped_actor self{sys};
  self->monitor(bad);
  caf::anon_send(bad, caf::close_atom_v);
  caf::error why;
  self->receive([&](const caf::down_msg& x) { why = x.reason; });
  EXPECT_EQ(why, caf::sec::runtime_error);
  EXPECT_TRUE(ask(good, caf::get_atom_v));
}

TEST_F(Shard, OutlivesAHandlerThatThrows) {
  subject.start();
  subject.post([] { throw std::runtime_error("a bug of a socket"); });
  EXPECT_TRUE(ask(spawn(), caf::get_atom_v));
}

TEST_F(Shard, StopsWithActorsOnIt) {
  {
    shard other{sys, 4};
    other.start();
    auto x = spawn_on(other, sys, probe, timer_sink{});
    auto y = spawn_on(other, sys, probe, timer_sink{});
    caf::anon_send(x, caf::put_atom_v, uint64_t{3'600'000});
    ask(x, caf::spawn_atom_v);
    caf::anon_send_exit(x, caf::exit_reason::kill);
    caf::anon_send_exit(y, caf::exit_reason::kill);
    other.stop();
    caf::anon_send(x, caf::add_atom_v); // nobody runs it any more
    other.stop();                       // once more does no harm
  }
  // Getting here is the test: no crash, no hang.
}

/// A home that runs nothing but notes what it is told.
class noting_shard : public home {
public:
  noting_shard(caf::actor_system& sys, shard& to) : home(&sys), to_(to) {}

  void exec_later(caf::resumable* job) override { to_.exec_later(job); }
  void wake(const caf::strong_actor_ptr& receiver, caf::timespan span,
            uint64_t number) override {
    to_.wake(receiver, span, number);
  }
  void forget(caf::actor_id id) override { to_.forget(id); }
  void held_up(std::string_view actor, std::string_view message,
               caf::timespan span) override {
    std::lock_guard lock{mutex_};
    reports_.push_back(std::string{actor} + " " + std::string{message});
    EXPECT_GE(span, home::patience);
  }

  std::vector<std::string> reports() {
    std::lock_guard lock{mutex_};
    return reports_;
  }

private:
  shard& to_;
  std::mutex mutex_;
  std::vector<std::string> reports_;
};

TEST_F(Shard, NamesWhoHeldItUp) {
  subject.start();
  noting_shard noting{sys, subject};
  auto x = spawn_on(noting, sys, probe, timer_sink{});
  caf::anon_send(x, caf::add_atom_v);
  caf::anon_send(x, caf::delete_atom_v);
  ask(x, caf::get_atom_v);
  // The machine may be slow, so others can be named as well.
  auto reports = noting.reports();
  EXPECT_THAT(reports, testing::Contains(testing::StartsWith("probe ")));
  caf::scoped_actor self{sys};
  self->monitor(x);
  caf::anon_send_exit(x, caf::exit_reason::kill);
  self->receive([](const caf::down_msg&) {});
  x = nullptr;
  on_shard([] { return true; }); // what was posted for it is done
}

} // namespace

} // namespace velox::actors

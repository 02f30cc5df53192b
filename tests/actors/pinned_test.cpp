#include "actors/pinned.hpp"

#include "tests/support/actor_test.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

using counter_actor
  = caf::typed_actor<caf::reacts_to<caf::add_atom>,
                     caf::reacts_to<caf::close_atom>,
                     caf::reacts_to<caf::put_atom, uint64_t>,
                     caf::reacts_to<caf::timeout_atom, uint64_t>>;

struct counter_state {
  static inline const char* name = "counter";
};

using counter_pointer = pinned_pointer<counter_actor, counter_state>;

counter_actor::behavior_type
counter(counter_pointer self, std::vector<uint64_t>* fired) {
  return {
    [self](caf::add_atom) { self->now_doing("adding"); },
    [](caf::close_atom) { throw std::runtime_error("a bug"); },
    [self](caf::put_atom, uint64_t ms) {
      wake(self, std::chrono::milliseconds{ms}, ms);
    },
    [fired](caf::timeout_atom, uint64_t number) { fired->push_back(number); },
  };
}

/// Without a home a pinned actor is an ordinary one.
class Pinned : public test::actor_test {
protected:
  observed& seen() {
    return dynamic_cast<observed&>(
      *caf::actor_cast<caf::abstract_actor*>(subject));
  }

  std::vector<uint64_t> fired;
  counter_actor subject = keep(sys.spawn(counter, &fired));
};

TEST_F(Pinned, TellsWhatItIsDoing) {
  EXPECT_STREQ(seen().doing(), "waiting");
  tell(subject, caf::add_atom_v);
  EXPECT_STREQ(seen().doing(), "adding");
}

TEST_F(Pinned, CountsItsMessages) {
  EXPECT_EQ(seen().handled(), 0u);
  for (int i = 0; i < 5; ++i)
    caf::anon_send(subject, caf::add_atom_v);
  EXPECT_EQ(seen().waiting(), 5u);
  settle();
  EXPECT_EQ(seen().waiting(), 0u);
  EXPECT_EQ(seen().handled(), 5u);
}

TEST_F(Pinned, IsWokenByTheActorClock) {
  caf::anon_send(subject, caf::put_atom_v, uint64_t{30});
  caf::anon_send(subject, caf::put_atom_v, uint64_t{10});
  advance(29ms);
  EXPECT_EQ(fired, std::vector<uint64_t>{10});
  advance(1ms);
  EXPECT_EQ(fired, (std::vector<uint64_t>{10, 30}));
}

TEST_F(Pinned, EndsByItsOwnException) {
  self->monitor(subject);
  tell(subject, caf::close_atom_v);
  auto down = next<caf::down_msg>();
  ASSERT_TRUE(down);
  EXPECT_EQ(down->reason, caf::sec::runtime_error);
}

} // namespace

} // namespace velox::actors

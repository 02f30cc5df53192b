#include "actors/engine.hpp"

#include "actors/memory_ledger.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/memory_store.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

class Engine : public test::actor_test {
protected:
  Engine() {
    agent_record agent;
    agent.id = "a1";
    agent.org_id = "o1";
    agent.phone_number = "+15550100";
    db = test::make_memory_database(agent);
    engine_options options;
    options.admission.limit = 2;
    options.make_store = [this] {
      ++stores;
      store = test::spawn_memory_store(sys, db);
      return store;
    };
    options.make_ledger = [this] {
      ++ledgers;
      ledger = sys.spawn(memory_ledger, int64_t{100});
      return ledger;
    };
    subject = keep(sys.spawn(engine, options));
  }

  void TearDown() override {
    store = nullptr;
    ledger = nullptr;
    actor_test::TearDown();
  }

  template <class Handle>
  void end(const Handle& part) {
    caf::anon_send_exit(part, caf::exit_reason::user_shutdown);
    advance(1ms);
  }

  test::memory_database_ptr db;
  store_actor store;
  ledger_actor ledger;
  int stores = 0;
  int ledgers = 0;
  engine_actor subject;
};

TEST_F(Engine, HandsMessagesToTheirOffices) {
  EXPECT_EQ(ask<registry_status>(subject, caf::get_atom_v)->limit, 2u);
  EXPECT_TRUE(ask<admitted>(subject, admit_call{"CA1", "n1"}));
  EXPECT_EQ(ask<std::vector<live_call>>(subject, list_calls{})->size(), 1u);
  EXPECT_EQ(ask<live_call>(subject, find_call{"CA1"})->call.address(),
            self->address())
    << "the slot belongs to who asked, not to the engine";
  EXPECT_EQ(ask<talk_credit>(subject, find_credit{"o1"})->credit_seconds, 100);
  EXPECT_EQ(
    ask<talk_time>(subject, reserve_talk_time{"o1", "CA1", "n", 1, true})
      ->covered_seconds,
    100);
  EXPECT_EQ(
    ask<talk_time>(subject, charge{"o1", "CA1", 0, 30, 2})->covered_seconds,
    70);
  EXPECT_EQ(
    ask<call_bill>(subject, settle_call{"o1", "CA1", 1, 5, 3})->billed_seconds,
    35);
  EXPECT_TRUE(ask<talk_time>(subject, reserve_talk_time{"o1", "CA2", "n"}));
  tell(subject, release_talk_time{"o1", "CA2", "n"});
  EXPECT_EQ(ask<talk_credit>(subject, find_credit{"o1"})->credit_seconds, 65);
  EXPECT_TRUE(ask<quiet_calls>(subject, list_quiet_calls{}));
  EXPECT_TRUE(ask<call_recovered>(subject, recover_call{"CA1", 1}));
  EXPECT_EQ(ask<agent_record>(subject, find_agent_by_number{"+15550100"})->id,
            "a1");
  EXPECT_EQ(ask<agent_record>(subject, find_agent{"o1", "a1"})->id, "a1");
  EXPECT_TRUE(ask<caf::ok_atom>(subject, caf::ok_atom_v));
  conversation_record call;
  call.call_id = "CA1";
  call.org_id = "o1";
  call.agent_id = "a1";
  EXPECT_TRUE(ask<conversation_record>(subject, open_conversation{call}));
  EXPECT_TRUE(ask<conversation_record>(subject, find_conversation{"CA1"}));
  tell(subject, call_log_batch{{{"CA1", 1, 0, "started", 0, "{}"}}, {}});
  EXPECT_EQ(
    ask<std::vector<call_event>>(subject, list_events{"CA1", 0})->size(), 1u);
  EXPECT_TRUE(
    ask<std::vector<message_record>>(subject, list_messages{"o1", "CA1"}));
  close_conversation end;
  end.call_id = "CA1";
  end.status = conversation_status::completed;
  tell(subject, end);
  EXPECT_EQ(db->conversations["CA1"].status, conversation_status::completed);
}

TEST_F(Engine, HandsOnErrors) {
  EXPECT_EQ(ask<live_call>(subject, find_call{"CA9"}).error(),
            errc::unknown_call);
  EXPECT_EQ(ask<talk_time>(subject, charge{"o1", "CA1", 0, 300}).error(),
            errc::not_found);
  EXPECT_EQ(ask<conversation_record>(subject, find_conversation{"CA9"}).error(),
            errc::not_found);
}

TEST_F(Engine, BringsAPartBack) {
  end(store);
  EXPECT_EQ(stores, 2);
  EXPECT_TRUE(ask<caf::ok_atom>(subject, caf::ok_atom_v));
  end(ledger);
  EXPECT_FALSE(ask<talk_credit>(subject, find_credit{"o1"}))
    << "the second restart has to wait";
  advance(100ms);
  EXPECT_EQ(ledgers, 2);
  EXPECT_TRUE(ask<talk_credit>(subject, find_credit{"o1"}));
}

TEST_F(Engine, AnswersWithAnErrorWhileAPartIsDown) {
  end(store);
  end(store); // the second restart has to wait
  EXPECT_EQ(stores, 2);
  EXPECT_FALSE(ask<caf::ok_atom>(subject, caf::ok_atom_v));
  advance(100ms);
  EXPECT_EQ(stores, 3);
  EXPECT_TRUE(ask<caf::ok_atom>(subject, caf::ok_atom_v));
}

TEST_F(Engine, GivesUpOnAPartThatCannotBeKeptAlive) {
  self->monitor(subject);
  for (int i = 0; i < 4; ++i) {
    end(store);
    advance(2s);
  }
  auto down = next<caf::down_msg>();
  ASSERT_TRUE(down);
  EXPECT_EQ(down->reason, errc::too_many_restarts);
  EXPECT_EQ(alive(), 0u) << "its parts go with it";
}

TEST_F(Engine, EndsWithAllItsPartsWhenTold) {
  caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(alive(), 0u);
}

TEST_F(Engine, TellsWhenItsCallsHaveEnded) {
  auto done = ask<registry_status>(subject, drain{});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->draining);
}

} // namespace

} // namespace velox::actors

#include "persistence/store.hpp"

#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "persistence/store_pool.hpp"
#include "protocol/errc.hpp"
#include "protocol/type_ids.hpp"
#include "tests/persistence/records.hpp"
#include "tests/support/memory_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <optional>

namespace velox::persistence {

namespace {

using namespace std::chrono_literals;

struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::velox>();
    set("scheduler.max-threads", 1);
  }
};

/// A store in an actor system with threads, and questions to it.
class store_client {
public:
  explicit store_client(store_actor store) : store_(std::move(store)) {}

  ~store_client() { self_->send_exit(store_, caf::exit_reason::user_shutdown); }

  /// The answer to `x`, or the error.
  template <class Answer, class Request>
  caf::expected<Answer> ask(Request x) {
    caf::expected<Answer> result{caf::make_error(errc::none)};
    self_->request(store_, 30s, std::move(x))
      .receive([&](Answer& y) { result = std::move(y); },
               [&](caf::error& e) { result = std::move(e); });
    return result;
  }

  /// The same for requests whose answer is empty.
  template <class Request>
  caf::error tell(Request x) {
    caf::error result;
    self_->request(store_, 30s, std::move(x))
      .receive([] {}, [&](caf::error& e) { result = std::move(e); });
    return result;
  }

  auto& self() { return self_; }
  auto& handle() { return store_; }

private:
  store_actor store_;
  caf::scoped_actor self_{store_->home_system()};
};

caf::error ok() {
  return {};
}

/// Compares codes only; the texts are for people.
void expect_error(const caf::error& x, errc code, const char* what) {
  EXPECT_TRUE(x == code) << what << ": expected " << to_string(code) << ", got "
                         << (x ? to_string(static_cast<errc>(x.code()))
                               : "no error");
}

enum class kind { sqlite, postgres, pool, memory };

std::string name_of(kind x) {
  switch (x) {
    case kind::sqlite: return "sqlite";
    case kind::postgres: return "postgres";
    case kind::pool: return "pool";
    default: return "memory";
  }
}

/// What every store does, the real ones and the one for virtual time.
class Store : public ::testing::TestWithParam<kind> {
protected:
  std::optional<test_database> own;
  config cfg;
  caf::actor_system sys{cfg};
  store_client store{spawn()};

  store_actor spawn() {
    if (GetParam() != kind::memory) {
      own.emplace(GetParam() == kind::sqlite ? engine::sqlite
                                             : engine::postgres);
      add_tenants(*own->open());
      return GetParam() == kind::pool ? spawn_stores(sys, own->options(), 3)
                                      : spawn_store(sys, own->options());
    }
    auto memory = test::make_memory_database(front_desk());
    memory->agents.push_back(rival_desk());
    return test::spawn_memory_store(sys, memory);
  }

  void open(const std::string& call_id) {
    ASSERT_TRUE(
      store.ask<conversation_record>(open_conversation{ringing(call_id)}));
  }
};

TEST_P(Store, FindsAgents) {
  auto by_number = store.ask<agent_record>(find_agent_by_number{"+15550100"});
  ASSERT_TRUE(by_number);
  EXPECT_EQ(by_number->org_id, "acme");
  auto by_id = store.ask<agent_record>(find_agent{"rival", "front-desk"});
  ASSERT_TRUE(by_id);
  EXPECT_EQ(by_id->phone_number, "+15550199");
  for (auto& x : {find_agent{"", "front-desk"}, find_agent{"acme", ""},
                  find_agent{"acme", "ghost"}})
    expect_error(store.ask<agent_record>(x).error(), errc::not_found, "agent");
  expect_error(
    store.ask<agent_record>(find_agent_by_number{"+15550999"}).error(),
    errc::not_found, "number");
}

TEST_P(Store, KeepsAWholeCall) {
  open("CA1");
  call_log_batch batch;
  batch.events = {event("CA1", 1), event("CA1", 2)};
  batch.messages
    = {said("CA1", 1, "assistant", "Good morning."),
       said("CA1", 2, "user", "Hello?"), said("CA1", 2, "assistant", "Yes?")};
  EXPECT_EQ(store.tell(batch), ok());
  batch.messages[0].heard.heard = "Good";
  batch.messages[0].at += 9;
  EXPECT_EQ(store.tell(batch), ok()) << "sent again";
  auto messages
    = store.ask<std::vector<message_record>>(list_messages{"acme", "CA1"});
  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 3u);
  EXPECT_EQ((*messages)[0].heard.heard, "Good");
  EXPECT_EQ((*messages)[0].at, 1'700'000'000'000);
  EXPECT_EQ((*messages)[1].text, "Hello?");
  EXPECT_EQ((*messages)[2].text, "Yes?");
  auto events = store.ask<std::vector<call_event>>(list_events{"CA1", 1});
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(events->front().sequence, 2u);
  EXPECT_EQ(store.tell(hung_up("CA1")), ok());
  EXPECT_EQ(store.tell(hung_up("CA1")), ok()) << "closed twice";
  auto call = store.ask<conversation_record>(find_conversation{"CA1"});
  ASSERT_TRUE(call);
  EXPECT_EQ(call->status, conversation_status::completed);
  EXPECT_EQ(call->ended_because, "caller-hung-up");
  EXPECT_EQ(call->billed_seconds, 60);
}

TEST_P(Store, RefusesWhoeverHasAnOutdatedLease) {
  auto opened = [&](int64_t fence, const std::string& node) {
    return store.ask<conversation_record>(
      open_conversation{ringing("CA1"), fence, node});
  };
  auto with_fence = [](call_log_batch x, int64_t fence) {
    x.fence = fence;
    return x;
  };
  auto failed = errc::store_failed;
  ASSERT_TRUE(opened(100, "a"));
  EXPECT_EQ(store.tell(with_fence({{event("CA1", 1)}, {}}, 100)), ok());
  ASSERT_TRUE(opened(200, "b")) << "another node goes on with it";
  auto message = said("CA1", 1, "user", "late");
  expect_error(store.tell(with_fence({{event("CA1", 2)}, {}}, 100)), failed,
               "event");
  expect_error(store.tell(with_fence({{}, {message}}, 100)), failed, "message");
  expect_error(opened(100, "a").error(), failed, "open");
  auto end = hung_up("CA1");
  end.fence = 100;
  expect_error(store.tell(end), failed, "close");
  EXPECT_EQ(store.ask<conversation_record>(find_conversation{"CA1"})->status,
            conversation_status::active);
  EXPECT_EQ(store.ask<std::vector<call_event>>(list_events{"CA1", 0})->size(),
            1u);
  EXPECT_EQ(
    store.ask<std::vector<message_record>>(list_messages{"acme", "CA1"})
      ->size(),
    0u);
  EXPECT_EQ(store.tell(with_fence({{event("CA1", 2)}, {message}}, 200)), ok());
  EXPECT_EQ(store.tell(with_fence({{event("CA1", 3)}, {}}, 0)), ok())
    << "recovery has no lease";
  end.fence = 200;
  EXPECT_EQ(store.tell(end), ok());
}

TEST_P(Store, GoesOnWithACallThatLostItsWire) {
  open("CA1");
  auto lost = hung_up("CA1");
  lost.why = end_reason::wire_lost;
  lost.status = conversation_status::failed;
  EXPECT_EQ(store.tell(lost), ok());
  auto call = store.ask<conversation_record>(open_conversation{ringing("CA1")});
  EXPECT_EQ(call->status, conversation_status::active);
  EXPECT_EQ(call->ended_at, 0);
  EXPECT_EQ(store.tell(hung_up("CA1")), ok());
  call = store.ask<conversation_record>(open_conversation{ringing("CA1")});
  EXPECT_EQ(call->status, conversation_status::completed);
}

TEST_P(Store, ReadsTheLogInPages) {
  open("CA1");
  call_log_batch batch;
  for (uint64_t i = 1; i <= 501; ++i)
    batch.events.push_back(event("CA1", i));
  EXPECT_EQ(store.tell(batch), ok());
  using events = std::vector<call_event>;
  EXPECT_EQ(store.ask<events>(list_events{"CA1", 0})->size(), 500u);
  EXPECT_EQ(store.ask<events>(list_events{"CA1", 500})->size(), 1u);
  EXPECT_EQ(store.ask<events>(list_events{"CA1", 501})->size(), 0u);
}

TEST_P(Store, RefusesWhatItDoesNotKnow) {
  using messages = std::vector<message_record>;
  using events = std::vector<call_event>;
  auto unknown = errc::not_found;
  open("CA1");
  expect_error(store.tell(hung_up("CA404")), unknown, "close");
  expect_error(store.tell(call_log_batch{{event("CA404", 1)}, {}}), unknown,
               "event");
  expect_error(store.tell(call_log_batch{{}, {said("CA404", 1, "user", "x")}}),
               unknown, "message");
  expect_error(store.ask<events>(list_events{"CA404", 0}).error(), unknown,
               "events");
  expect_error(
    store.ask<conversation_record>(find_conversation{"CA404"}).error(), unknown,
    "conversation");
  for (auto org : {"rival", "", "' OR '1'='1"})
    expect_error(store.ask<messages>(list_messages{org, "CA1"}).error(),
                 unknown, org);
  auto theirs = ringing("CA1");
  theirs.org_id = "rival";
  expect_error(
    store.ask<conversation_record>(open_conversation{theirs}).error(), unknown,
    "another organisation's call");
  auto ghost = ringing("CA2");
  ghost.agent_id = "ghost";
  expect_error(store.ask<conversation_record>(open_conversation{ghost}).error(),
               unknown, "agent");
  expect_error(store.tell(call_log_batch{{event("CA1", 0)}, {}}),
               errc::store_failed, "sequence 0");
  auto end = hung_up("CA1");
  end.status = conversation_status::active;
  expect_error(store.tell(end), errc::store_failed, "closed as active");
}

recording_record recorded(const std::string& call_id, const std::string& file,
                          unix_ms at = 1'700'000'000'000) {
  recording_record x;
  x.call_id = call_id;
  x.org_id = "acme";
  x.file = file;
  x.key_id = "0123456789abcdef";
  x.created_at = at;
  x.delete_after = at + 1000;
  return x;
}

TEST_P(Store, KeepsRecordings) {
  using list = std::vector<recording_record>;
  open("CA1");
  open("CA2");
  auto first = recorded("CA1", "a.velrec");
  EXPECT_EQ(store.tell(recording_stored{first}), ok());
  EXPECT_EQ(store.tell(
              recording_stored{recorded("CA2", "b.velrec", 1'700'000'009'000)}),
            ok());
  first.duration_ms = 61'000;
  first.size = 977'000;
  first.delete_after += 77; // decided when it began
  EXPECT_EQ(store.tell(recording_stored{first}), ok()) << "it is complete";
  auto all = store.ask<list>(list_recordings{"acme"});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].file, "b.velrec") << "newest first";
  EXPECT_EQ((*all)[1].duration_ms, 61'000);
  EXPECT_EQ((*all)[1].size, 977'000);
  EXPECT_EQ((*all)[1].key_id, "0123456789abcdef");
  EXPECT_EQ((*all)[1].delete_after, 1'700'000'001'000);
  auto one = store.ask<list>(list_recordings{"acme", "CA1"});
  ASSERT_EQ(one->size(), 1u);
  EXPECT_EQ(one->front().call_id, "CA1");
  auto due = store.ask<list>(list_due_recordings{1'700'000'001'000});
  EXPECT_TRUE(due->empty()) << "kept to the last moment";
  due = store.ask<list>(list_due_recordings{1'700'000'001'001});
  ASSERT_EQ(due->size(), 1u);
  EXPECT_EQ(due->front().file, "a.velrec");
  auto strays = store.ask<stray_recordings>(
    stray_recordings{{"a.velrec", "x.velrec", "b.velrec"}});
  EXPECT_EQ(strays->files, std::vector<std::string>{"x.velrec"});
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(store.tell(forget_recording{"acme", "a.velrec"}), ok()) << i;
  EXPECT_EQ(store.ask<list>(list_recordings{"acme"})->size(), 1u);
}

TEST_P(Store, KeepsRecordingsApart) {
  using list = std::vector<recording_record>;
  open("CA1");
  open("CA2");
  EXPECT_EQ(store.tell(recording_stored{recorded("CA1", "a.velrec")}), ok());
  for (auto org : {"rival", "", "' OR '1'='1"}) {
    EXPECT_TRUE(store.ask<list>(list_recordings{org})->empty()) << org;
    EXPECT_TRUE(store.ask<list>(list_recordings{org, "CA1"})->empty()) << org;
    EXPECT_EQ(store.tell(forget_recording{org, "a.velrec"}), ok()) << org;
    auto theirs = recorded("CA1", "a.velrec");
    theirs.org_id = org;
    expect_error(store.tell(recording_stored{theirs}), errc::not_found, org);
  }
  expect_error(store.tell(recording_stored{recorded("CA404", "c.velrec")}),
               errc::not_found, "unknown call");
  expect_error(store.tell(recording_stored{recorded("CA2", "a.velrec")}),
               errc::not_found, "another call's file");
  EXPECT_EQ(store.ask<list>(list_recordings{"acme"})->size(), 1u);
}

TEST_P(Store, SaysThatItIsThere) {
  EXPECT_TRUE(store.ask<caf::ok_atom>(caf::ok_atom_v));
}

INSTANTIATE_TEST_SUITE_P(Every, Store,
                         ::testing::Values(kind::sqlite, kind::postgres,
                                           kind::pool, kind::memory),
                         [](auto& x) { return name_of(x.param); });

/// What only a store with a file and a thread does.
class SqliteStore : public tenants_test {
protected:
  config cfg;
  caf::actor_system sys{cfg};
  store_client store{spawn_store(sys, {.file = file, .patience = 20s})};

  call_log_batch next_batch(const std::string& call_id = "CA1") {
    return {{event(call_id, ++sequence)}, {}};
  }

  uint64_t sequence = 0;

  SqliteStore() { conversations{*db}.open(ringing("CA1")); }
};

TEST_F(SqliteStore, AnswersOnceTheBatchIsDurable) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(store.tell(next_batch()), ok());
    EXPECT_EQ(call_log{*db}.events("CA1", 0).size(), sequence);
  }
}

TEST_F(SqliteStore, CommitsWaitingBatchesTogether) {
  auto wal
    = [this] { return std::filesystem::file_size(folder / "velox.db-wal"); };
  ASSERT_EQ(store.tell(next_batch()), ok());
  // The wait for this lock is when the other batches queue up.
  auto lock = std::make_optional<transaction>(*db);
  for (int i = 0; i < 400; ++i)
    store.self()->send(store.handle(), next_batch());
  auto before = wal();
  lock.reset();
  ASSERT_EQ(store.tell(next_batch()), ok());
  EXPECT_EQ(call_log{*db}.events("CA1", 0).size(), 402u);
  // Alone, each would write a page of 4 KiB at least.
  EXPECT_LT(wal() - before, 200u * 4096);
}

TEST_F(SqliteStore, FailsABadBatchAloneAmongItsNeighbours) {
  auto lock = std::make_optional<transaction>(*db);
  store.self()->send(store.handle(), next_batch());
  store.self()->send(store.handle(), next_batch("CA404"));
  store.self()->send(store.handle(), call_log_batch{{event("CA1", 0)}, {}});
  store.self()->send(store.handle(), next_batch());
  lock.reset();
  ASSERT_EQ(store.tell(next_batch()), ok());
  EXPECT_EQ(call_log{*db}.events("CA1", 0).size(), 3u);
}

TEST_F(SqliteStore, CarriesOutWhatFollowsABatchAfterIt) {
  for (int i = 0; i < 50; ++i) {
    store.self()->send(store.handle(), next_batch());
    auto events = store.ask<std::vector<call_event>>(list_events{"CA1", 0});
    ASSERT_EQ(events->size(), sequence);
  }
}

TEST_F(SqliteStore, SurvivesALongLock) {
  store_client store{spawn_store(sys, {.file = file, .patience = 50ms})};
  {
    transaction lock{*db};
    expect_error(store.tell(next_batch()), errc::store_failed, "batch");
    expect_error(store.tell(hung_up("CA1")), errc::store_failed, "close");
    EXPECT_TRUE(store.ask<conversation_record>(find_conversation{"CA1"}))
      << "readers need no lock";
  }
  EXPECT_EQ(store.tell(next_batch()), ok());
  EXPECT_EQ(store.tell(hung_up("CA1")), ok());
  auto events = call_log{*db}.events("CA1", 0);
  ASSERT_EQ(events.size(), 1u) << "the refused batch is not there";
  EXPECT_EQ(events[0].sequence, 2u);
}

TEST_F(SqliteStore, NoticesThatItsFileIsGoneAndBack) {
  ASSERT_TRUE(store.ask<caf::ok_atom>(caf::ok_atom_v));
  std::filesystem::rename(file, folder / "away.db");
  expect_error(store.ask<caf::ok_atom>(caf::ok_atom_v).error(),
               errc::store_failed, "ok");
  expect_error(store.ask<conversation_record>(find_conversation{"CA1"}).error(),
               errc::store_failed, "find");
  EXPECT_FALSE(std::filesystem::exists(file)) << "an empty database was made";
  std::filesystem::rename(folder / "away.db", file);
  EXPECT_TRUE(store.ask<caf::ok_atom>(caf::ok_atom_v));
  EXPECT_TRUE(store.ask<conversation_record>(find_conversation{"CA1"}));
}

TEST_F(SqliteStore, MakesItsDatabaseWhenThereIsNone) {
  store_client fresh{spawn_store(sys, {.file = folder / "new/velox.db"})};
  EXPECT_TRUE(fresh.ask<caf::ok_atom>(caf::ok_atom_v));
  EXPECT_EQ(migration_status(folder / "new/velox.db").pending(), 0u);
}

TEST_F(SqliteStore, SaysWhyItsDatabaseCannotBeUsed) {
  db->execute("UPDATE schema_migrations SET sha256 = 'x' WHERE version = 1");
  auto answer = store.ask<caf::ok_atom>(caf::ok_atom_v);
  expect_error(answer.error(), errc::store_failed, "ok");
  EXPECT_NE(sys.render(answer.error()).find("was changed after it was applied"),
            std::string::npos)
    << sys.render(answer.error());
}

TEST_F(SqliteStore, KeepsAMegabyteOfText) {
  auto text = std::string(1 << 20, 'x') + "\xf0\x9f\x93\x9e";
  ASSERT_EQ(store.tell(call_log_batch{{}, {said("CA1", 1, "user", text)}}),
            ok());
  auto messages
    = store.ask<std::vector<message_record>>(list_messages{"acme", "CA1"});
  ASSERT_TRUE(messages);
  EXPECT_TRUE(messages->front().text == text);
}

/// What only a store on a server does.
class PostgresStore : public ::testing::Test {
protected:
  test_database own{engine::postgres};
  std::unique_ptr<connection> db = own.open();
  config cfg;
  caf::actor_system sys{cfg};
  store_client store{spawn_store(sys, own.options())};

  call_log_batch next_batch(const std::string& call_id = "CA1") {
    return {{event(call_id, ++sequence)}, {}};
  }

  uint64_t sequence = 0;

  PostgresStore() {
    add_tenants(*db);
    conversations{*db}.open(ringing("CA1"));
  }

  /// Keeps the store in the batch at hand, so that others queue up behind it.
  auto hold() {
    auto lock = std::make_unique<transaction>(*db);
    db->run_script("LOCK TABLE call_events IN EXCLUSIVE MODE");
    return lock;
  }
};

TEST_F(PostgresStore, FailsABadBatchAloneAmongItsNeighbours) {
  auto lock = hold();
  store.self()->send(store.handle(), next_batch());
  store.self()->send(store.handle(), next_batch());
  store.self()->send(store.handle(), next_batch("CA404"));
  store.self()->send(store.handle(), call_log_batch{{event("CA1", 0)}, {}});
  auto no_json = next_batch();
  no_json.events[0].detail = "{";
  store.self()->send(store.handle(), no_json);
  store.self()->send(store.handle(), next_batch());
  lock.reset();
  ASSERT_EQ(store.tell(next_batch()), ok());
  std::vector<uint64_t> kept;
  for (auto& x : call_log{*db}.events("CA1", 0))
    kept.push_back(x.sequence);
  EXPECT_EQ(kept, (std::vector<uint64_t>{1, 2, 5, 6}));
}

TEST_F(PostgresStore, ComesBackWhenItsConnectionsAreCut) {
  ASSERT_EQ(store.tell(next_batch()), ok());
  for (int i = 0; i < 3; ++i) {
    db->query(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
        "datname = current_database() AND pid <> pg_backend_pid()")
      .next();
    ASSERT_EQ(store.tell(next_batch()), ok()) << i;
    ASSERT_TRUE(store.ask<conversation_record>(find_conversation{"CA1"}));
  }
  EXPECT_EQ(call_log{*db}.events("CA1", 0).size(), sequence);
}

TEST_F(PostgresStore, IsAsBusyAsItsDatabase) {
  auto options = own.options();
  options.patience = 50ms;
  store_client hasty{spawn_store(sys, options)};
  {
    auto lock = hold();
    expect_error(hasty.tell(next_batch()), errc::store_failed, "batch");
  }
  EXPECT_EQ(hasty.tell(next_batch()), ok());
  EXPECT_EQ(call_log{*db}.events("CA1", 0).size(), 1u);
}

} // namespace

} // namespace velox::persistence

#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "persistence/recovery.hpp"
#include "persistence/store.hpp"
#include "protocol/type_ids.hpp"
#include "tests/persistence/records.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace velox::persistence {

namespace {

struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::velox>();
    set("scheduler.max-threads", 1);
  }
};

/// What the child process does until it is killed: batch after batch through a
/// store, telling `out` the number of each that was answered.
[[noreturn]] void write_for_ever(const database_options& database, int out) {
  config cfg;
  caf::actor_system sys{cfg};
  auto store = spawn_store(sys, database);
  caf::scoped_actor self{sys};
  for (uint64_t i = 1;; ++i) {
    call_log_batch batch;
    batch.events.push_back(event("CA1", 2 * i - 1));
    batch.events.push_back(event("CA1", 2 * i));
    batch.messages.push_back(said("CA1", i, "user", "words"));
    self->request(store, caf::infinite, std::move(batch))
      .receive(
        [&] {
          if (write(out, &i, sizeof(i)) != sizeof(i))
            _exit(1);
        },
        [](const caf::error&) { _exit(2); });
  }
}

/// An engine, and after how many answers the writer is killed.
class Crash : public ::testing::TestWithParam<std::tuple<engine, int>> {
protected:
  test_database own{std::get<0>(GetParam())};
  std::unique_ptr<connection> db = own.open();

  Crash() { add_tenants(*db); }

  int64_t count(std::string_view sql) {
    auto found = db->query(sql);
    return found.next() ? found.integer(0) : -1;
  }
};

TEST_P(Crash, LosesNoBatchThatWasAnswered) {
  conversations{*db}.open(ringing("CA1"));
  db.reset(); // a connection must not be carried into another process
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  auto child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(pipe_ends[0]);
    write_for_ever(own.options(), pipe_ends[1]);
  }
  close(pipe_ends[1]);
  uint64_t answered = 0;
  for (int i = 0; i < std::get<1>(GetParam()); ++i)
    ASSERT_EQ(read(pipe_ends[0], &answered, sizeof(answered)),
              static_cast<ssize_t>(sizeof(answered)));
  ASSERT_EQ(kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
  uint64_t more = 0; // answered between our last look and the end
  while (read(pipe_ends[0], &more, sizeof(more)) == sizeof(more))
    answered = more;
  close(pipe_ends[0]);

  db = own.open();
  // Until the server has noticed, the last batch may be on its way.
  while (db->speaks().engine == "postgresql"
         && count("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = "
                  "current_database() AND backend_type = 'client backend'")
              > 1)
    usleep(1000);
  auto batches = static_cast<uint64_t>(count("SELECT COUNT(*) FROM messages"));
  EXPECT_GE(batches, answered);
  EXPECT_LE(batches, answered + 1) << "one may have been on its way";
  EXPECT_EQ(count("SELECT COUNT(*) FROM call_events"),
            static_cast<int64_t>(2 * batches))
    << "half a batch";
  EXPECT_EQ(count("SELECT MAX(sequence) FROM call_events"),
            static_cast<int64_t>(2 * batches))
    << "a gap";
  if (db->speaks().engine == "sqlite") {
    auto integrity = db->query("PRAGMA integrity_check");
    ASSERT_TRUE(integrity.next());
    EXPECT_EQ(integrity.text(0), "ok");
  }
  EXPECT_EQ(recovery{*db}.run(1'900'000'000'000, 1'800'000'000'000), 1u);
}

// Early in the log, and beyond the first checkpoint (1000 pages).
INSTANTIATE_TEST_SUITE_P(After, Crash,
                         ::testing::Combine(::testing::Values(engine::sqlite,
                                                              engine::postgres),
                                            ::testing::Values(1, 7, 150, 1500)),
                         [](auto& x) {
                           return to_text(std::get<0>(x.param)) + "_"
                                  + std::to_string(std::get<1>(x.param));
                         });

} // namespace

} // namespace velox::persistence

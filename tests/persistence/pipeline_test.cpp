#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "tests/persistence/records.hpp"

#include <chrono>

namespace velox::persistence {

namespace {

/// Passes everything on, but batches statement by statement.
class one_by_one : public connection {
public:
  explicit one_by_one(connection& real) : real_(real) {}

  const dialect& speaks() const override { return real_.speaks(); }
  void run_script(const std::string& sql) override {
    ++trips;
    real_.run_script(sql);
  }
  statement& prepare(std::string_view sql) override {
    ++trips;
    return real_.prepare(sql);
  }

  size_t trips = 0;

private:
  connection& real_;
};

/// Batches of the call log per second, `group` of them in one transaction.
double speed(connection& db, size_t group, uint64_t& sequence) {
  using clock = std::chrono::steady_clock;
  auto begin = clock::now();
  size_t count = 0;
  for (; clock::now() - begin < std::chrono::milliseconds{700};
       count += group) {
    std::vector<call_log_batch> batches(group);
    std::vector<const call_log_batch*> all;
    for (auto& x : batches) {
      x.events = {event("CA1", sequence + 1), event("CA1", sequence + 2)};
      x.messages = {said("CA1", sequence / 2, "user", "Tomorrow at nine?")};
      sequence += 2;
      all.push_back(&x);
    }
    call_log{db}.append(all);
  }
  std::chrono::duration<double> took = clock::now() - begin;
  return static_cast<double>(count) / took.count();
}

TEST(Pipeline, SparesRoundTrips) {
  test_database own{engine::postgres};
  auto db = own.open();
  add_tenants(*db);
  conversations{*db}.open(ringing("CA1"));
  one_by_one slow{*db};
  uint64_t sequence = 0;
  for (size_t group : {1, 8, 32}) {
    auto without = speed(slow, group, sequence);
    auto with = speed(*db, group, sequence);
    std::printf("call log on PostgreSQL, %zu batches of 3 rows per "
                "transaction: %.0f batches/s with the pipeline, %.0f without\n",
                group, with, without);
    EXPECT_GT(with, without) << group;
  }
  auto rows = db->query("SELECT COUNT(*) FROM call_events");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), static_cast<int64_t>(sequence));
}

} // namespace

} // namespace velox::persistence

#pragma once

#include "persistence/sqlite.hpp"
#include "persistence/tenants.hpp"
#include "protocol/messages.hpp"
#include "tests/persistence/engines.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace velox::persistence {

inline organisation_record acme() {
  return {.id = "acme", .name = "Acme Clinic", .credit_seconds = 600};
}

inline organisation_record rival() {
  return {.id = "rival", .name = "Rival Ltd", .credit_seconds = 60};
}

inline agent_record front_desk() {
  agent_record x;
  x.id = "front-desk";
  x.org_id = "acme";
  x.name = "Front desk";
  x.phone_number = "+15550100";
  x.voice = "slt";
  x.script = "clinic.yaml";
  return x;
}

inline agent_record rival_desk() {
  auto x = front_desk();
  x.org_id = "rival";
  x.phone_number = "+15550199";
  return x;
}

inline conversation_record ringing(const std::string& call_id) {
  conversation_record x;
  x.call_id = call_id;
  x.org_id = "acme";
  x.agent_id = "front-desk";
  x.caller = "+15550123";
  x.called = "+15550100";
  x.started_at = 1'700'000'000'000;
  return x;
}

inline close_conversation hung_up(const std::string& call_id) {
  close_conversation x;
  x.call_id = call_id;
  x.at = 1'700'000'060'000;
  x.billed_seconds = 60;
  return x;
}

inline call_event event(const std::string& call_id, uint64_t sequence) {
  return {
    call_id, sequence,     1'700'000'000'000 + static_cast<unix_ms>(sequence),
    "heard", sequence / 2, R"({"index":0})"};
}

inline message_record said(const std::string& call_id, uint64_t turn,
                           const std::string& role, const std::string& text) {
  return {call_id, turn, role, text, {}, 1'700'000'000'000};
}

/// Adds both organisations, each with an agent.
inline void add_tenants(connection& db) {
  organisations{db}.upsert(acme());
  organisations{db}.upsert(rival());
  agents{db}.upsert(front_desk());
  agents{db}.upsert(rival_desk());
}

/// A database in a file, up to date.
class database_test : public ::testing::Test {
protected:
  temp_folder folder;
  std::filesystem::path file = folder / "velox.db";
  std::unique_ptr<connection> db = open_sqlite({.file = file});

  database_test() { migrate(*db); }

  /// A second connection, which hardly waits for locks.
  std::unique_ptr<connection> another() {
    return open_sqlite(
      {.file = file, .patience = std::chrono::milliseconds{20}});
  }

  int64_t count(std::string_view sql) {
    auto found = db->query(sql);
    return found.next() ? found.integer(0) : -1;
  }
};

/// The same with tenants in it.
class tenants_test : public database_test {
protected:
  tenants_test() { add_tenants(*db); }
};

/// A database that is up to date, of either engine (engines.hpp).
class every_database_test : public ::testing::TestWithParam<engine> {
protected:
  test_database own{GetParam()};
  std::unique_ptr<connection> db = own.open();

  bool on_postgres() const { return GetParam() == engine::postgres; }

  /// A second connection, which hardly waits for locks.
  std::unique_ptr<connection> another() const {
    auto options = own.options();
    options.patience = std::chrono::milliseconds{20};
    return open_database(options);
  }

  int64_t count(std::string_view sql) {
    auto found = db->query(sql);
    return found.next() ? found.integer(0) : -1;
  }
};

/// The same with tenants in it.
class every_tenants_test : public every_database_test {
protected:
  every_tenants_test() { add_tenants(*db); }
};

/// The `failure` with which `work` throws a database_error.
template <class F>
failure failure_of(F work) {
  try {
    work();
  } catch (const database_error& e) {
    return e.why();
  }
  ADD_FAILURE() << "no database_error was thrown";
  return failure::misuse;
}

/// The text of the exception that `work` throws.
template <class F>
std::string complaint_of(F work) {
  try {
    work();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "nothing was thrown";
}

} // namespace velox::persistence

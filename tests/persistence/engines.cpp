#include "tests/persistence/engines.hpp"

#include "protocol/twilio_signature.hpp" // sha256_hex

#include <atomic>
#include <fstream>
#include <unistd.h>

namespace velox::persistence {

namespace {

/// Names the schema, so that another one gets a template of its own.
std::string template_name() {
  std::string all;
  for (auto& x : all_migrations())
    all += x.sql;
  return "velox_template_" + sha256_hex(all).substr(0, 16);
}

std::unique_ptr<connection> open_server() {
  return open_database({.url = test_postgres_url(),
                        .patience = std::chrono::seconds{60},
                        .statement_timeout = std::chrono::seconds{60}});
}

/// Makes the template when this is the first test that needs it. Tests run in
/// many processes at once, so under a lock of the server.
void insist_on_template(connection& server, const std::string& name) {
  server.run_script("SELECT pg_advisory_lock(4711)");
  if (!server.query("SELECT 1 FROM pg_database WHERE datname = $1", name)
         .next()) {
    auto fresh = name + "_new"; // half of a migration is no template
    server.run_script("DROP DATABASE IF EXISTS " + fresh);
    server.run_script("CREATE DATABASE " + fresh);
    migrate(database_options{.url = with_database(test_postgres_url(), fresh)});
    server.run_script("ALTER DATABASE " + fresh + " RENAME TO " + name);
  }
  server.run_script("SELECT pg_advisory_unlock(4711)");
}

} // namespace

std::string test_postgres_url() {
  std::ifstream in{VELOX_BINARY_DIR "/servers/postgres.url"};
  std::string url;
  if (!std::getline(in, url) || url.empty())
    throw std::runtime_error{"PostgreSQL for tests does not run; start it with "
                             "'tests/support/servers.sh start " VELOX_BINARY_DIR
                             "/servers', or run the tests with ctest"};
  return url;
}

std::string with_database(const std::string& url, const std::string& name) {
  auto end = url.find('?');
  auto slash = url.rfind('/', end);
  return url.substr(0, slash + 1) + name
         + (end == url.npos ? "" : url.substr(end));
}

test_database::test_database(engine which, bool migrated) {
  if (which == engine::sqlite) {
    if (migrated)
      migrate(options());
    return;
  }
  static std::atomic<int> made = 0;
  auto name
    = "velox_test_" + std::to_string(getpid()) + "_" + std::to_string(++made);
  auto server = open_server();
  auto from = migrated ? template_name() : "template0";
  if (migrated)
    insist_on_template(*server, from);
  // Left over when a process with our number was killed.
  server->run_script("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  server->run_script("CREATE DATABASE " + name + " TEMPLATE " + from);
  url_ = with_database(test_postgres_url(), name);
}

test_database::~test_database() {
  if (url_.empty())
    return;
  try {
    open_server()->run_script("DROP DATABASE IF EXISTS "
                              + url_.substr(url_.rfind('/') + 1)
                              + " WITH (FORCE)");
  } catch (const std::exception& e) {
    ADD_FAILURE() << "a test's database is left over: " << e.what();
  }
}

database_options test_database::options() const {
  database_options result;
  result.url = url_;
  result.file = folder_ / "velox.db";
  return result;
}

} // namespace velox::persistence

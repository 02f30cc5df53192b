#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace velox::test {

/// A PostgreSQL server of one test's own, which may be ended and frozen. For
/// all else there is the one of servers.sh, which is shared and there already.
class postgres_server {
public:
  /// Makes an empty server below /tmp, which does not run yet. Throws with the
  /// fix when PostgreSQL is missing.
  postgres_server();
  ~postgres_server();

  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  /// Of the database "postgres", as user "velox".
  std::string url() const;

  /// Adds lines to postgresql.conf, for the next start.
  void configure(const std::string& lines) const;

  /// Puts a file into the server's data directory, for its eyes only.
  void put(const std::string& name, const std::string& text) const;

  /// Lets clients in by TLS only.
  void insist_on_tls() const;

  int port() const { return port_; }

  void start();
  /// As `kill -9` does, all of its processes.
  void kill();
  /// Holds its connections and gives no answer any more, until `thaw`.
  void freeze();
  void thaw();

private:
  std::vector<int> processes() const;
  void signal_all(int number) const;

  std::filesystem::path home_;
  std::filesystem::path data_;
  int port_ = 0;
};

} // namespace velox::test

#include "tests/persistence/records.hpp"
#include "tests/support/postgres_server.hpp"

#include <cstdlib>
#include <fstream>

namespace velox::persistence {

namespace {

/// A self-made certificate for `name` ("IP:127.0.0.1", "DNS:db.test").
struct certificate {
  explicit certificate(const std::string& name) {
    auto line = "openssl req -x509 -newkey ec -pkeyopt "
                "ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=velox "
                "-addext subjectAltName="
                + name + " -keyout " + (folder / "key").string() + " -out "
                + file().string() + " 2>/dev/null";
    if (std::system(line.c_str()) != 0)
      throw std::runtime_error{"openssl is missing: run 'make install-test'"};
  }

  std::filesystem::path file() const { return folder / "cert"; }

  static std::string read(const std::filesystem::path& from) {
    std::ifstream in{from};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  void give_to(const test::postgres_server& server) const {
    server.put("server.crt", read(file()));
    server.put("server.key", read(folder / "key"));
  }

  temp_folder folder;
};

TEST(PostgresTls, IsVerifiedAsTheUrlSays) {
  test::postgres_server server;
  certificate own{"IP:127.0.0.1"};
  certificate other{"IP:127.0.0.1"};
  own.give_to(server);
  server.configure("ssl = on");
  server.insist_on_tls();
  server.start();
  auto open = [&](const std::string& query) {
    return open_database({.url = server.url() + "?" + query});
  };
  auto db = open("sslmode=verify-full&sslrootcert=" + own.file().string());
  auto found = db->query("SELECT ssl FROM pg_stat_ssl "
                         "WHERE pid = pg_backend_pid()");
  ASSERT_TRUE(found.next());
  EXPECT_TRUE(found.boolean(0));
  auto fails = [&](const std::string& query, const std::string& says) {
    auto text = complaint_of([&] { open(query); });
    EXPECT_NE(text.find(says), std::string::npos) << text;
    EXPECT_EQ(failure_of([&] { open(query); }), failure::unusable);
  };
  fails("sslmode=verify-full&sslrootcert=" + other.file().string(),
        "certificate verify failed");
  fails("sslmode=verify-full&sslrootcert=/no/such/file", "does not exist");
  fails("sslmode=disable", "no encryption");
}

TEST(PostgresTls, InsistsOnTheHostsName) {
  test::postgres_server server;
  certificate elsewhere{"DNS:db.example.test"};
  elsewhere.give_to(server);
  server.configure("ssl = on");
  server.start();
  auto url = server.url() + "?sslrootcert=" + elsewhere.file().string();
  auto text = complaint_of(
    [&] { open_database({.url = url + "&sslmode=verify-full"}); });
  EXPECT_NE(text.find("does not match host name"), std::string::npos) << text;
  EXPECT_TRUE(open_database({.url = url + "&sslmode=verify-ca"}));
}

} // namespace

} // namespace velox::persistence

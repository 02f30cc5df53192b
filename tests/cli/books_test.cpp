#include "adapters/cli/command_line.hpp"
#include "persistence/open_database.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <sstream>

/// What an operator does with the books from the command line, on SQLite. The
/// crash matrix runs the same on PostgreSQL.

namespace velox::cli {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Books : public ::testing::Test {
protected:
  Books() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "velox-XXXXXX").string();
    dir = ::mkdtemp(pattern.data());
    ::unsetenv("DATABASE_URL");
  }

  ~Books() override { std::filesystem::remove_all(dir); }

  int velox(std::vector<std::string> args) {
    args.insert(args.begin(), "velox");
    args.insert(args.end(), {"--data-dir", dir.string()});
    std::vector<const char*> argv;
    for (auto& x : args)
      argv.push_back(x.c_str());
    std::ostringstream o;
    std::ostringstream e;
    auto code = run(static_cast<int>(argv.size()), argv.data(), {}, o, e);
    out = o.str();
    err = e.str();
    return code;
  }

  void tamper(const std::string& sql) {
    persistence::open_database({.file = dir / "velox.db"})->run_script(sql);
  }

  std::filesystem::path dir;
  std::string out;
  std::string err;
};

TEST_F(Books, BeginWithAnOrganisation) {
  EXPECT_EQ(velox({"org", "create", "Riverside Dental", "--minutes", "100"}),
            0);
  EXPECT_EQ(out, "organisation riverside-dental has 100:00 minutes\n");
  EXPECT_EQ(velox({"org", "create", "Riverside Dental"}), 1);
  EXPECT_THAT(err, HasSubstr("exists; choose another --id"));
  EXPECT_EQ(velox({"org", "create", "???"}), 2);
  EXPECT_THAT(err, HasSubstr("--id: use"));
  EXPECT_EQ(velox({"org", "create", "Other", "--id", "o_2"}), 0);
  EXPECT_EQ(velox({"org", "list"}), 0);
  EXPECT_THAT(out, AllOf(HasSubstr("riverside-dental"), HasSubstr("100:00"),
                         HasSubstr("o_2"), HasSubstr("PREPAID")));
}

TEST_F(Books, CreditOncePerKey) {
  velox({"org", "create", "Acme"});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(velox({"org", "credit", "acme", "10", "--key", "invoice-7"}), 0);
    EXPECT_EQ(out, "key invoice-7\norganisation acme has 10:00 minutes\n");
  }
  EXPECT_EQ(velox({"org", "credit", "acme", "5"}), 0);
  EXPECT_THAT(out, AllOf(HasSubstr("key cli:"), HasSubstr("15:00")));
  EXPECT_EQ(velox({"org", "credit", "nobody", "5"}), 1);
  EXPECT_THAT(err, HasSubstr("organisation"));
  EXPECT_EQ(velox({"org", "credit", "acme", "0"}), 2);
  EXPECT_EQ(velox({"org", "credit", "acme", "ten"}), 2);
  EXPECT_EQ(velox({"audit", "verify"}), 0);
  EXPECT_THAT(out, HasSubstr("3 rows")) << "what was not done is not told";
}

TEST_F(Books, AreChecked) {
  velox({"org", "create", "Acme", "--minutes", "10"});
  EXPECT_EQ(velox({"ledger", "check"}), 0);
  EXPECT_THAT(out, HasSubstr("all agrees"));
  tamper("UPDATE organisations SET credit_seconds = 601");
  EXPECT_EQ(velox({"ledger", "check"}), 1);
  EXPECT_THAT(out, AllOf(HasSubstr("organisation acme"), HasSubstr("601")));
}

TEST_F(Books, KeepAnAuditTrail) {
  velox({"org", "create", "Acme", "--minutes", "10"});
  EXPECT_EQ(velox({"audit", "verify"}), 0);
  auto head = out.substr(out.find("acme:"));
  head = head.substr(0, head.find('\n'));
  EXPECT_EQ(velox({"audit", "verify", "--head", head}), 0);
  auto other = head;
  other.back() = other.back() == '0' ? '1' : '0';
  EXPECT_EQ(velox({"audit", "verify", "--head", other}), 1);
  for (auto bad : {"acme", "acme:1", "acme:x:", "acme:0:00"})
    EXPECT_EQ(velox({"audit", "verify", "--head", bad}), 2) << bad;
  tamper("UPDATE audit_log SET detail = '{}' WHERE sequence = 2");
  EXPECT_EQ(velox({"audit", "verify"}), 1);
  EXPECT_THAT(out, HasSubstr("row 2 of organisation acme: it was changed"));
}

TEST_F(Books, AreBackedUp) {
  velox({"org", "create", "Acme", "--minutes", "10"});
  auto copy = (dir / "copy.db").string();
  EXPECT_EQ(velox({"backup", copy}), 0) << err;
  EXPECT_THAT(out, HasSubstr("is whole"));
  EXPECT_EQ(velox({"backup", copy}), 1);
  EXPECT_THAT(err, HasSubstr("exists; name a new file"));
}

TEST_F(Books, TellHowPostgresqlIsBackedUp) {
  ::setenv("DATABASE_URL",
           "postgresql://ann:hunter2@db.example.com:6000/velox?sslmode=require",
           1);
  EXPECT_EQ(velox({"backup", "velox.dump"}), 0);
  ::unsetenv("DATABASE_URL");
  EXPECT_EQ(out, "pg_dump --format=custom --file='velox.dump' "
                 "'postgresql://db.example.com:6000/velox'\n");
  EXPECT_THAT(err, Not(HasSubstr("hunter2")));
}

} // namespace

} // namespace velox::cli

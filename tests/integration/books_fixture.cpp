#include "tests/integration/books_fixture.hpp"

#include "adapters/cli/http_client.hpp"
#include "protocol/stripe_signature.hpp"
#include "tests/persistence/engines.hpp"
#include "tests/support/eventually.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <ctime>
#include <fstream>
#include <unistd.h>

namespace velox::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string program = VELOX_BINARY_DIR "/velox";

constexpr auto settings = R"(
billing:
  tick: 1s
  initial_credit_seconds: 3600
stripe:
  webhook_secret: whsec_test_secret
  starter_price_id: price_starter
webhooks:
  allow_private: true
)";

std::string event(const std::string& id, const std::string& type,
                  const std::string& object) {
  return R"({"id":"evt_)" + id + R"(","object":"event","type":")" + type
         + R"(","created":1767225600,"livemode":false,"data":{"object":)"
         + object + "}}";
}

} // namespace

books_test::~books_test() {
  engine.reset();
  if (!database_name_.empty())
    try {
      persistence::open_database({.url = persistence::test_postgres_url()})
        ->run_script("DROP DATABASE IF EXISTS " + database_name_
                     + " WITH (FORCE)");
    } catch (const std::exception& x) {
      ADD_FAILURE() << x.what();
    }
}

void books_test::use_postgres() {
  database_name_ = "books_" + std::to_string(::getpid());
  auto server = persistence::test_postgres_url();
  persistence::open_database({.url = server})
    ->run_script("CREATE DATABASE " + database_name_);
  environment["DATABASE_URL"]
    = persistence::with_database(server, database_name_);
}

persistence::database_options books_test::database() const {
  persistence::database_options result;
  result.file = dir / "velox.db";
  result.create = false;
  if (auto at = environment.find("DATABASE_URL"); at != environment.end())
    result.url = at->second;
  return result;
}

bool books_test::start_engine() {
  std::ofstream{dir / "velox.yaml"} << settings;
  exit_code_.reset();
  engine = std::make_unique<child_process>(
    isolated({program, "serve", "--data-dir", dir.string(), "--port", "0",
              "--config", (dir / "velox.yaml").string()}),
    (dir / "engine.log").string());
  auto line = engine->line(seconds{30});
  if (!line)
    return false;
  url = "http://127.0.0.1:" + line->substr(line->rfind(':') + 1);
  return true;
}

std::optional<int> books_test::exit_code(milliseconds patience) {
  if (!exit_code_)
    exit_code_ = engine->wait(patience);
  return exit_code_;
}

finished books_test::books(std::vector<std::string> args) const {
  args.insert(args.begin(), program);
  args.insert(args.end(), {"--data-dir", dir.string()});
  return run(isolated(std::move(args)), seconds{60});
}

void books_test::watch_events() {
  auto set = ctl({"webhook", "set", "default", receiver.url()});
  EXPECT_EQ(set.exit_code, 0) << set.out;
}

void books_test::credit(const std::string& minutes) {
  auto given
    = books({"org", "credit", "default", minutes, "--key", "cli:test"});
  killed_tool = killed_tool || given.exit_code == 128 + SIGKILL;
}

std::unique_ptr<child_process> books_test::call_under_way() {
  auto phone = std::make_unique<child_process>(
    tool({"call", "--json", "--to", "+15550100", "--duration", "60"}));
  EXPECT_TRUE(eventually(
    [this] {
      return number("SELECT COALESCE(SUM(talked_seconds), 0) "
                    "FROM call_reservations WHERE status = 'open'")
             > 0;
    },
    seconds{20}));
  return phone;
}

phone_report books_test::ring(milliseconds duration) const {
  auto text = std::to_string(static_cast<double>(duration.count()) / 1000);
  auto done
    = run(tool({"call", "--json", "--to", "+15550100", "--duration", text}),
          seconds{60});
  return parse_report(done.exit_code, done.out);
}

int books_test::stripe_event(const std::string& json) const {
  cli::http_request x;
  x.method = "POST";
  x.url = url + "/stripe/webhook";
  x.body = json;
  x.headers = {
    {"Content-Type", "application/json"},
    {"Stripe-Signature",
     stripe::signature_header("whsec_test_secret", std::time(nullptr), json)}};
  try {
    return cli::fetch(x).status;
  } catch (const cli::unreachable&) {
    return 0;
  }
}

int64_t books_test::number(const std::string& sql) const {
  auto db = persistence::open_database(database());
  auto found = db->query(sql);
  return found.next() ? found.integer(0) : -1;
}

bool books_test::nothing_waits() const {
  return number("SELECT COUNT(*) FROM outbox WHERE status = 'pending'") == 0
         && number("SELECT COUNT(*) FROM webhook_deliveries "
                   "WHERE status IN ('received', 'waiting')")
              == 0;
}

void books_test::expect_every_call_told() const {
  EXPECT_EQ(number("SELECT COUNT(*) FROM conversations WHERE call_id NOT IN "
                   "(SELECT call_id FROM outbox WHERE kind = 'call.ended')"),
            0);
  auto told = number("SELECT COUNT(*) FROM outbox WHERE kind = 'call.ended'");
  int64_t heard = 0;
  for (auto& [id, times] : receiver.seen())
    heard += id.find("ended") != id.npos;
  EXPECT_EQ(heard, told);
  EXPECT_EQ(number("SELECT COUNT(*) FROM outbox WHERE status <> 'delivered'"),
            0);
}

std::string checkout_completed(const std::string& id) {
  return event("checkout_" + id, "checkout.session.completed",
               R"({"id":"cs_)" + id
                 + R"(","object":"checkout.session","mode":"subscription",)"
                   R"("status":"complete","payment_status":"paid",)"
                   R"("customer":"cus_1","subscription":"sub_1",)"
                   R"("client_reference_id":"default","amount_total":4900,)"
                   R"("currency":"usd","metadata":{}})");
}

std::string invoice_paid(const std::string& id) {
  return event("paid_" + id, "invoice.paid",
               R"({"id":")" + id
                 + R"(","object":"invoice","customer":"cus_1",)"
                   R"("status":"paid","amount_paid":4900,"amount_due":4900,)"
                   R"("currency":"usd","billing_reason":"subscription_cycle",)"
                   R"("subscription":"sub_1","payment_intent":"pi_1",)"
                   R"("charge":"ch_1","lines":{"object":"list","data":[)"
                   R"({"id":"il_1","object":"line_item","amount":4900,)"
                   R"("quantity":1,"price":{"id":"price_starter"}}]}})");
}

std::string charge_refunded(const std::string& id) {
  return event("refunded_" + id, "charge.refunded",
               R"({"id":"ch_1","object":"charge","amount":4900,)"
               R"("amount_refunded":2450,"refunded":false,)"
               R"("payment_intent":"pi_1","customer":"cus_1",)"
               R"("currency":"usd"})");
}

} // namespace velox::test

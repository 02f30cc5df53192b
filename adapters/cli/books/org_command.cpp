#include "adapters/cli/books/org_command.hpp"

#include "adapters/cli/books/books.hpp"
#include "adapters/cli/context.hpp"
#include "adapters/cli/text.hpp"
#include "persistence/audit_log.hpp"
#include "persistence/ledger.hpp"
#include "persistence/tenants.hpp"
#include "protocol/json.hpp"
#include "protocol/stream_token.hpp" // random_hex

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <memory>
#include <ostream>
#include <stdexcept>

namespace velox::cli {

namespace {

using namespace persistence;

constexpr auto footer
  = R"(An engine may run meanwhile: what is credited here can be talked at once.

Examples:
  velox org create "Riverside Clinic" --minutes 100
  velox org credit riverside-clinic 1000 --note "invoice 2026-117"
  velox org list

`credit` prints a key. Repeat the command with that --key when you are not sure
that it was carried out: nothing is credited twice.

Exit codes:
  0  done
  1  it failed; the reason is printed and nothing was changed
  2  wrong options or config)";

constexpr int64_t most_minutes = 100'000'000;

struct order {
  std::string id;
  std::string name;
  std::string key;
  std::string note;
  int64_t minutes = 0;
};

std::string id_of(const std::string& name) {
  std::string result;
  for (unsigned char c : name) {
    if (std::isalnum(c) != 0)
      result += static_cast<char>(std::tolower(c));
    else if (!result.empty() && result.back() != '-')
      result += '-';
  }
  while (!result.empty() && result.back() == '-')
    result.pop_back();
  return result;
}

void insist_on_id(const std::string& id) {
  auto good = !id.empty() && id.size() <= 64
              && std::all_of(id.begin(), id.end(), [](unsigned char c) {
                   return std::isalnum(c) != 0 || c == '-' || c == '_';
                 });
  if (!good)
    throw std::invalid_argument{"--id: use 1 to 64 of a-z, 0-9, - and _, such "
                                "as riverside-clinic"};
}

std::string minutes_of(int64_t seconds) {
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

bool is_known(connection& db, const order& x) {
  return db
    .query("SELECT 1 FROM ledger_entries WHERE org_id = $1 AND key = $2", x.id,
           x.key)
    .next();
}

/// The credit and the line that tells of it, or neither.
talk_credit credit(connection& db, const order& x) {
  transaction all{db};
  auto now = time_of_day();
  if (is_known(db, x)) // nothing is done, so nothing is told
    return ledger{db}.find(x.id);
  auto result = ledger{db}.grant(x.id, x.minutes * 60, x.key, x.note, now);
  audit_log{db}.add(
    {x.id, now, "cli", "org.credit", x.id,
     json_object{}.add("seconds", x.minutes * 60).add("key", x.key).str()});
  all.commit();
  return result;
}

int create(const context& ctx, order x) {
  if (x.id.empty())
    x.id = id_of(x.name);
  insist_on_id(x.id);
  auto db = open_books(ctx);
  transaction all{*db};
  if (organisations{*db}.find(x.id)) {
    ctx.err << "velox: the organisation " << x.id
            << " exists; choose another --id, or credit it\n";
    return exit_failed;
  }
  organisations{*db}.upsert({x.id, x.name, 0});
  audit_log{*db}.add({x.id, time_of_day(), "cli", "org.create", x.id, "{}"});
  x.key = "created";
  x.note = "velox org create";
  auto left = x.minutes > 0 ? credit(*db, x) : ledger{*db}.find(x.id);
  all.commit();
  ctx.out << fmt::format("organisation {} has {} minutes\n", x.id,
                         minutes_of(left.credit_seconds));
  return exit_ok;
}

int give(const context& ctx, order x) {
  if (x.key.empty())
    x.key = "cli:" + random_hex(8);
  auto db = open_books(ctx);
  ctx.out << "key " << x.key << std::endl; // before anything can go wrong
  auto left = credit(*db, x);
  ctx.out << fmt::format(
    "organisation {} has {} minutes{}\n", x.id, minutes_of(left.credit_seconds),
    left.owed_seconds > 0 ? " and owes " + minutes_of(left.owed_seconds) : "");
  return exit_ok;
}

int list(const context& ctx) {
  auto db = open_books(ctx);
  std::vector<std::vector<std::string>> rows{
    {"ID", "NAME", "PLAN", "CREDIT", "HELD", "OWED"}};
  auto found = db->query(
    "SELECT id, name, plan, credit_seconds, reserved_seconds, owed_seconds "
    "FROM organisations WHERE deleted_at IS NULL ORDER BY id");
  while (found.next())
    rows.push_back({found.text(0), found.text(1), found.text(2),
                    minutes_of(found.integer(3)), minutes_of(found.integer(4)),
                    minutes_of(found.integer(5))});
  ctx.out << table(rows, "  ");
  return exit_ok;
}

} // namespace

void add_org(CLI::App& app, context& ctx) {
  auto* sub = app.add_subcommand("org", "Organisations and their talk time");
  sub->footer(footer);
  sub->require_subcommand(1);
  sub->fallthrough();
  auto x = std::make_shared<order>();

  auto* add = sub->add_subcommand("create", "Add an organisation");
  add->add_option("NAME", x->name, "What people call it")->required();
  add->add_option("--id", x->id,
                  "How it is named elsewhere (default: made of "
                  "the name)");
  add->add_option("--minutes", x->minutes, "Talk time to begin with")
    ->check(CLI::Range(int64_t{0}, most_minutes));
  add->callback(
    [&ctx, x] { ctx.action = [&ctx, x] { return create(ctx, *x); }; });

  auto* more = sub->add_subcommand("credit", "Give an organisation talk time");
  more->add_option("ID", x->id, "The organisation")->required();
  more->add_option("MINUTES", x->minutes, "How much")
    ->required()
    ->check(CLI::Range(int64_t{1}, most_minutes));
  more->add_option("--key", x->key,
                   "Names this credit; a second one with the "
                   "same key changes nothing");
  more->add_option("--note", x->note, "Why, for the books");
  more->callback(
    [&ctx, x] { ctx.action = [&ctx, x] { return give(ctx, *x); }; });

  auto* all
    = sub->add_subcommand("list", "All organisations (minutes:seconds)");
  all->callback([&ctx] { ctx.action = [&ctx] { return list(ctx); }; });
}

} // namespace velox::cli

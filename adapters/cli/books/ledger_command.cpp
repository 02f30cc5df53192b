#include "adapters/cli/books/ledger_command.hpp"

#include "adapters/cli/books/books.hpp"
#include "adapters/cli/context.hpp"
#include "persistence/ledger_audit.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <ostream>

namespace velox::cli {

namespace {

constexpr auto footer
  = R"(Reads the whole ledger and changes nothing; an engine may run meanwhile. Checked:
every entry's postings sum to zero, they agree with each organisation's balance,
with what live calls hold and with what each call was billed, and every call that
ended was billed.

Examples:
  velox ledger check
  DATABASE_URL=postgresql://... velox ledger check

Exit codes:
  0  all agrees
  1  it does not; every finding is printed
  2  wrong options or config)";

int64_t count_entries(persistence::connection& db) {
  auto found = db.query("SELECT COUNT(*) FROM ledger_entries");
  found.next();
  return found.integer(0);
}

int check(const context& ctx) {
  auto db = open_books(ctx);
  // All queries see one moment.
  persistence::transaction moment{*db};
  auto findings = persistence::ledger_audit::check(*db);
  for (auto& x : findings)
    ctx.out << x << '\n';
  for (auto& call : persistence::ledger_audit::open_without_live_call(*db))
    ctx.out << "note: call " << call
            << " holds talk time and is not on the line; an engine settles it "
               "when it starts, and looks every 30 s\n";
  ctx.out << fmt::format(
    "{}: {} entries, {}\n", name_of_books(ctx), count_entries(*db),
    findings.empty() ? "all agrees"
                     : fmt::format("{} findings", findings.size()));
  return findings.empty() ? exit_ok : exit_failed;
}

} // namespace

void add_ledger(CLI::App& app, context& ctx) {
  auto* sub = app.add_subcommand("ledger", "The books of talk time");
  sub->footer(footer);
  sub->require_subcommand(1);
  sub->fallthrough();
  auto* run = sub->add_subcommand("check", "Do balances, postings and calls "
                                           "agree?");
  run->callback([&ctx] { ctx.action = [&ctx] { return check(ctx); }; });
}

} // namespace velox::cli

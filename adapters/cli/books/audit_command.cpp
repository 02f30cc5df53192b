#include "adapters/cli/books/audit_command.hpp"

#include "adapters/cli/books/books.hpp"
#include "adapters/cli/context.hpp"
#include "persistence/audit_log.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <fmt/format.h>
#include <memory>
#include <ostream>
#include <stdexcept>

namespace velox::cli {

namespace {

using persistence::audit_head;

constexpr auto footer
  = R"(Each row of the audit log carries the hash of the one before. Verifying finds
rows that were changed, taken out or put in. That the end was cut off, or a whole
chain written anew, only shows against heads that were kept elsewhere: keep the
printed heads, and give them back with --head.

Examples:
  velox audit verify
  velox audit verify --head acme:117:5f0c...

Exit codes:
  0  all rows are as they were written
  1  they are not; every finding is printed
  2  wrong options or config)";

/// "acme:117:5f0c..."; the engine's own chain begins with a colon.
audit_head parse_head(const std::string& text) {
  auto last = text.rfind(':');
  auto middle
    = last == text.npos || last == 0 ? text.npos : text.rfind(':', last - 1);
  if (middle == text.npos)
    throw std::invalid_argument{"--head: must be ORGANISATION:ROW:HASH, as "
                                "`velox audit verify` prints it"};
  audit_head result{text.substr(0, middle), 0, text.substr(last + 1)};
  auto number = std::string_view{text}.substr(middle + 1, last - middle - 1);
  auto [end, error] = std::from_chars(
    number.data(), number.data() + number.size(), result.sequence);
  if (error != std::errc{} || end != number.data() + number.size()
      || result.sequence == 0 || result.hash.size() != 64)
    throw std::invalid_argument{"--head: the row is a number from 1 on, the "
                                "hash has 64 digits"};
  return result;
}

int verify(const context& ctx, const std::vector<std::string>& texts) {
  std::vector<audit_head> known;
  for (auto& x : texts)
    known.push_back(parse_head(x));
  auto db = open_books(ctx);
  auto report = persistence::audit_log{*db}.verify(known);
  for (auto& x : report.problems)
    ctx.out << x << '\n';
  for (auto& x : report.heads)
    ctx.out << fmt::format("head {}:{}:{}\n", x.org_id, x.sequence, x.hash);
  ctx.out << fmt::format(
    "{}: {} rows, {}\n", name_of_books(ctx), report.rows,
    report.problems.empty()
      ? "as they were written"
      : fmt::format("{} problems", report.problems.size()));
  return report.problems.empty() ? exit_ok : exit_failed;
}

} // namespace

void add_audit(CLI::App& app, context& ctx) {
  auto* sub = app.add_subcommand("audit", "Who did what");
  sub->footer(footer);
  sub->require_subcommand(1);
  sub->fallthrough();
  auto heads = std::make_shared<std::vector<std::string>>();
  auto* run = sub->add_subcommand("verify", "Was the audit log changed?");
  run->add_option("--head", *heads, "A head of an earlier run")
    ->type_name("ORGANISATION:ROW:HASH");
  run->callback([&ctx, heads] {
    ctx.action = [&ctx, heads] { return verify(ctx, *heads); };
  });
}

} // namespace velox::cli

#include "adapters/cli/command_line.hpp"

#include "adapters/cli/books/audit_command.hpp"
#include "adapters/cli/books/backup_command.hpp"
#include "adapters/cli/books/ledger_command.hpp"
#include "adapters/cli/books/org_command.hpp"
#include "adapters/cli/call_command.hpp"
#include "adapters/cli/context.hpp"
#include "adapters/cli/ctl.hpp"
#include "adapters/cli/http_client.hpp"
#include "adapters/cli/migrate.hpp"
#include "adapters/cli/providers_check.hpp"
#include "adapters/cli/test_command.hpp"
#include "config/loader.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

namespace velox::cli {

namespace {

constexpr auto footer = R"(Examples:
  velox serve                             start an engine on port 8080
  velox call --say "When do you open?"    talk to it (same data directory)
  velox ctl                               what every live call is doing
  velox test calls/*.yaml                 rehearse whole calls with your agent
  velox providers check                   whether the vendors take your keys

--config and --data-dir may stand before or after the subcommand.
`velox SUBCOMMAND --help` tells more, exit codes included.)";

constexpr auto serve_footer
  = R"(Settings come from the defaults, the config file, the environment, then these
options; later ones win. SIGTERM or SIGINT drains: no new calls, live calls
finish up to calls.drain_limit. SIGHUP reads the vendors' keys again, from the
config file and the files that NAME_FILE variables name.

Examples:
  velox serve
  velox serve --config velox.yaml --port 9000

Exit codes:
  0  stopped as asked
  1  failed while running
  2  wrong options or config)";

void add_serve(CLI::App& app, context& ctx, const commands& parts) {
  auto* sub = app.add_subcommand("serve", "Run the engine");
  sub->footer(serve_footer);
  sub->add_option("--port", ctx.port,
                  "TCP port to listen on; 0 takes a free one (default: "
                  "server.port, 8080)");
  sub->callback([&ctx, &parts] {
    ctx.action = [&ctx, &parts] {
      auto settings = ctx.settings();
      if (parts.serve)
        return parts.serve(settings, [&ctx] { return ctx.settings(); });
      ctx.err << "velox: this program was built without an engine\n";
      return exit_failed;
    };
  });
}

void add_global_options(CLI::App& app, context& ctx) {
  app
    .add_option("--config", ctx.config_file,
                "YAML file with settings (default: none, the defaults hold)")
    ->type_name("FILE");
  app
    .add_option("--data-dir", ctx.data_dir,
                "Directory of database and secrets (default: storage.data_dir, "
                "\"data\")")
    ->type_name("DIR");
  app.set_version_flag("--version", "velox " VELOX_VERSION);
  app.set_help_all_flag("--help-all", "Print the help of all subcommands");
}

/// Reads the options; the exit code when there is nothing left to do.
std::optional<int>
parse(CLI::App& app, context& ctx, int argc, const char* const* argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& x) {
    // CLI11 has a code of its own for each mistake; ours is documented.
    return app.exit(x, ctx.out, ctx.err) == 0 ? exit_ok : exit_usage;
  }
  return std::nullopt;
}

int act(context& ctx) {
  try {
    return ctx.action();
  } catch (const config::config_error& x) {
    ctx.err << "velox: the settings have errors\n" << x.what() << '\n';
    return exit_usage;
  } catch (const std::invalid_argument& x) {
    ctx.err << "velox: " << x.what() << '\n';
    return exit_usage;
  } catch (const unreachable& x) {
    ctx.err << "velox: " << x.what() << '\n';
    return exit_refused;
  } catch (const std::exception& x) {
    ctx.err << "velox: " << x.what() << '\n';
    return exit_failed;
  }
}

} // namespace

int run(int argc, const char* const* argv, const commands& parts) {
  return run(argc, argv, parts, std::cout, std::cerr);
}

int run(int argc, const char* const* argv, const commands& parts,
        std::ostream& out, std::ostream& err) {
  context ctx{out, err, {}, {}, {}, {}};
  CLI::App app{"Velox answers phone calls with an AI agent.", "velox"};
  app.footer(footer);
  // Subcommands hand unknown options up, so that the global ones may follow.
  app.fallthrough();
  app.require_subcommand(1);
  add_global_options(app, ctx);
  add_serve(app, ctx, parts);
  add_call(app, ctx);
  add_ctl(app, ctx);
  add_migrate(app, ctx);
  add_org(app, ctx);
  add_ledger(app, ctx);
  add_audit(app, ctx);
  add_backup(app, ctx);
  add_providers(app, ctx);
  add_test(app, ctx);
  if (auto code = parse(app, ctx, argc, argv))
    return *code;
  return act(ctx);
}

} // namespace velox::cli

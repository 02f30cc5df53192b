#include "adapters/cli/ctl.hpp"

#include "adapters/cli/context.hpp"
#include "adapters/cli/http_client.hpp"
#include "adapters/cli/text.hpp"
#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <ostream>

namespace velox::cli {

namespace {

constexpr auto footer
  = R"(Without a verb every live call is shown with its actor tree. The admin key is
that of the config (admin_api_key, ADMIN_API_KEY) or the one that the engine
keeps in its data directory.

Examples:
  velox ctl
  velox ctl tree CA0123
  velox ctl providers
  velox ctl kill CA0123 llm       a drill: the call goes on
  velox ctl --engine https://voice.example.com --admin-key KEY calls --json

Exit codes:
  0  done
  1  no such call or actor
  2  wrong options or config
  3  the engine cannot be reached or refused; its answer is printed)";

struct ctl_options {
  engine_access access;
  bool json = false;
  std::string call;
  std::string actor;
};

/// The engine's answer was not the one hoped for.
struct refused {
  int code;
};

/// Requests `path` below /api/v1; prints what the engine says when it refuses.
std::string request(const context& ctx, ctl_options& options,
                    const char* method, const std::string& path) {
  complete(options.access, ctx.settings());
  if (options.access.admin_key.empty())
    throw std::invalid_argument(
      "no admin key: pass --admin-key, set admin_api_key in the config, or "
      "name the engine's data directory with --data-dir");
  auto answer = fetch(
    {.method = method,
     .url = options.access.engine + "/api/v1" + path,
     .headers = {{"Authorization", "Bearer " + options.access.admin_key}},
     .insecure = options.access.insecure});
  if (answer.status >= 200 && answer.status < 300)
    return answer.body;
  ctx.err << "velox: the engine answered " << answer.status << ": "
          << printable(answer.body) << '\n';
  throw refused{answer.status == 404 ? exit_failed : exit_refused};
}

std::string text_of(const rapidjson::Value& object, std::string_view name) {
  return std::string{json_text(object, name).value_or("-")};
}

std::string number_of(const rapidjson::Value& object, std::string_view name) {
  auto value = json_integer(object, name);
  return value ? std::to_string(*value) : "-";
}

/// How long ago `name` (Unix time in ms) was.
std::string age_of(const rapidjson::Value& object, std::string_view name) {
  auto began = json_integer(object, name);
  if (!began)
    return "-";
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
    std::chrono::system_clock::now().time_since_epoch());
  return clock_text(now - std::chrono::milliseconds{*began});
}

std::vector<std::string> call_row(const rapidjson::Value& call) {
  return {text_of(call, "call_id"), text_of(call, "agent"),
          text_of(call, "org_id"), age_of(call, "started_at"),
          number_of(call, "turn")};
}

const std::vector<std::string> call_heading{"CALL", "AGENT", "ORGANISATION",
                                            "FOR", "TURN"};

std::string tree_of(const rapidjson::Value& call) {
  std::vector<std::vector<std::string>> rows{
    {"ACTOR", "DOING", "MAILBOX", "HANDLED", "RESTARTS"}};
  const auto* actors = json_member(call, "actors");
  if (actors && actors->IsArray())
    for (const auto& actor : actors->GetArray())
      rows.push_back({text_of(actor, "name"), text_of(actor, "doing"),
                      number_of(actor, "mailbox"), number_of(actor, "handled"),
                      number_of(actor, "restarts")});
  return table(rows, "  ");
}

rapidjson::Document parse(const std::string& body) {
  rapidjson::Document result;
  if (read_json(body, result) != json_error::none || !result.IsObject())
    throw unreachable("the engine's answer is no JSON object; is this the "
                      "address of an engine?");
  return result;
}

int show_calls(const context& ctx, ctl_options& options, bool with_trees) {
  auto body = request(ctx, options, "GET", "/calls/live");
  auto document = parse(body);
  if (options.json) {
    ctx.out << body << '\n';
    return exit_ok;
  }
  const auto* calls = json_member(document, "calls");
  if (!calls || !calls->IsArray() || calls->Empty()) {
    ctx.out << "no live calls\n";
    return exit_ok;
  }
  std::vector<std::vector<std::string>> rows{call_heading};
  for (const auto& call : calls->GetArray()) {
    rows.push_back(call_row(call));
    if (with_trees) {
      ctx.out << table(rows) << tree_of(call);
      rows.resize(1);
    }
  }
  if (!with_trees)
    ctx.out << table(rows);
  return exit_ok;
}

int show_providers(const context& ctx, ctl_options& options) {
  auto body = request(ctx, options, "GET", "/providers");
  auto document = parse(body);
  if (options.json) {
    ctx.out << body << '\n';
    return exit_ok;
  }
  std::vector<std::vector<std::string>> rows{{"PROVIDER", "BREAKER", "IN USE",
                                              "LIMIT", "ADMITTED", "REFUSED",
                                              "FAILED"}};
  const auto* all = json_member(document, "providers");
  if (all && all->IsArray())
    for (const auto& x : all->GetArray()) {
      auto limit = number_of(x, "limit");
      rows.push_back({text_of(x, "provider"), text_of(x, "breaker"),
                      number_of(x, "in_use"), limit == "0" ? "none" : limit,
                      number_of(x, "admitted"), number_of(x, "refused"),
                      number_of(x, "failed")});
    }
  ctx.out << table(rows);
  return exit_ok;
}

int show_tree(const context& ctx, ctl_options& options) {
  auto body = request(ctx, options, "GET",
                      "/calls/" + percent_encode(options.call) + "/tree");
  auto document = parse(body);
  if (options.json)
    ctx.out << body << '\n';
  else
    ctx.out << table({call_heading, call_row(document)}) << tree_of(document);
  return exit_ok;
}

/// Posts an order; `done` tells a person that it was carried out.
int order(const context& ctx, ctl_options& options, const std::string& path,
          const std::string& done) {
  auto body = request(ctx, options, "POST", path);
  ctx.out << (options.json ? body : done) << '\n';
  return exit_ok;
}

int end_call(const context& ctx, ctl_options& options) {
  return order(ctx, options, "/calls/" + percent_encode(options.call) + "/end",
               "asked " + options.call + " to end");
}

int kill_actor(const context& ctx, ctl_options& options) {
  return order(ctx, options,
               "/calls/" + percent_encode(options.call) + "/actors/"
                 + percent_encode(options.actor) + "/kill",
               "killed " + options.actor + " of " + options.call);
}

} // namespace

void add_ctl(CLI::App& app, context& ctx) {
  auto options = std::make_shared<ctl_options>();
  auto* sub = app.add_subcommand(
    "ctl", "Look at live calls and vendors, end a call, kill an actor");
  sub->footer(footer);
  sub->fallthrough();
  sub->require_subcommand(0, 1);
  sub
    ->add_option("--engine", options->access.engine,
                 "Address of the engine (default: http://127.0.0.1 and "
                 "server.port)")
    ->type_name("URL");
  sub
    ->add_option("--admin-key", options->access.admin_key,
                 "Key of the API (default: that of the config or data "
                 "directory)")
    ->type_name("KEY");
  sub->add_flag("--json", options->json, "Print the engine's JSON as it is");
  sub->add_flag("--insecure", options->access.insecure,
                "Accept any TLS certificate");

  // A function per verb: what runs it, wrapped so that a refusal that was
  // printed already becomes the exit code.
  auto on = [&ctx, options](CLI::App* verb, auto act) {
    verb->callback([&ctx, options, act] {
      ctx.action = [&ctx, options, act] {
        try {
          return act(ctx, *options);
        } catch (const refused& x) {
          return x.code;
        }
      };
    });
  };
  auto with_call = [options](CLI::App* verb) {
    verb->add_option("CALL", options->call, "Call id (CA...)")->required();
  };
  on(sub->add_subcommand("calls", "List the live calls"),
     [](auto& c, auto& o) { return show_calls(c, o, false); });
  on(sub->add_subcommand("providers",
                         "Show the vendors: circuit breakers, places in use"),
     show_providers);
  auto* tree = sub->add_subcommand("tree", "Show the actor tree of a call");
  with_call(tree);
  on(tree, show_tree);
  auto* end = sub->add_subcommand("end", "End a call, saying goodbye");
  with_call(end);
  on(end, end_call);
  auto* kill = sub->add_subcommand("kill", "Kill one actor of a call (drill)");
  with_call(kill);
  kill->add_option("ACTOR", options->actor, "Name as in the tree, such as llm")
    ->required();
  on(kill, kill_actor);
  sub->callback([&ctx, options, sub] {
    if (!sub->get_subcommands().empty())
      return;
    ctx.action = [&ctx, options] {
      try {
        return show_calls(ctx, *options, true);
      } catch (const refused& x) {
        return x.code;
      }
    };
  });
}

} // namespace velox::cli

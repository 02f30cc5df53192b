#include "adapters/cli/ctl.hpp"

#include "adapters/cli/context.hpp"
#include "adapters/cli/ctl_outside.hpp"
#include "adapters/cli/http_client.hpp"
#include "adapters/cli/text.hpp"
#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <optional>
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
  velox ctl recordings
  velox ctl recording CA0123 --output call.wav
  velox ctl kill CA0123 llm       a drill: the call goes on
  velox ctl checkout acme --plan PRO
  velox ctl webhook set acme https://example.com/velox
  velox ctl webhooks --dead
  velox ctl --engine https://voice.example.com --admin-key KEY calls --json

Exit codes:
  0  done
  1  no such call, actor, recording, organisation or webhook
  2  wrong options or config
  3  the engine cannot be reached or refused; its answer is printed)";

struct ctl_options {
  engine_access access;
  bool json = false;
  std::string call;
  std::string output;
  std::string organisation;
  std::string actor;
};

/// The engine's answer was not the one hoped for.
struct refused {
  int code;
};

/// Requests `path` below /api/v1; prints what the engine says when it refuses.
/// `range` is that of RFC 9110; empty: the whole.
std::string
request(const context& ctx, ctl_options& options, const char* method,
        const std::string& path, const std::string& range = {},
        const std::string& body = {}) {
  complete(options.access, ctx.settings());
  if (options.access.admin_key.empty())
    throw std::invalid_argument(
      "no admin key: pass --admin-key, set admin_api_key in the config, or "
      "name the engine's data directory with --data-dir");
  http_request question{.method = method,
                        .url = options.access.engine + "/api/v1" + path,
                        .insecure = options.access.insecure};
  question.headers = {{"Authorization", "Bearer " + options.access.admin_key}};
  if (!range.empty())
    question.headers.emplace_back("Range", range);
  if (!body.empty()) {
    question.headers.emplace_back("Content-Type", "application/json");
    question.body = body;
    question.timeout = std::chrono::seconds{100}; // others are asked, too
  }
  auto answer = fetch(question);
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

/// "2026-11-21 17:34" (UTC) of Unix milliseconds.
std::string day_of(const rapidjson::Value& object, std::string_view name) {
  auto at = json_integer(object, name);
  if (!at)
    return "-";
  return fmt::format("{:%Y-%m-%d %H:%M}",
                     fmt::gmtime(static_cast<std::time_t>(*at / 1000)));
}

int show_recordings(const context& ctx, ctl_options& options) {
  auto path = std::string{"/recordings"};
  if (!options.organisation.empty())
    path += "?org_id=" + percent_encode(options.organisation);
  auto body = request(ctx, options, "GET", path);
  auto document = parse(body);
  if (options.json) {
    ctx.out << body << '\n';
    return exit_ok;
  }
  std::vector<std::vector<std::string>> rows{
    {"CALL", "BEGAN (UTC)", "LENGTH", "KEPT UNTIL", "FILE"}};
  const auto* all = json_member(document, "recordings");
  if (!all || !all->IsArray() || all->Empty()) {
    ctx.out << "no recordings\n";
    return exit_ok;
  }
  for (const auto& x : all->GetArray()) {
    auto length = json_integer(x, "duration_ms").value_or(0);
    rows.push_back({text_of(x, "call_id"), day_of(x, "created_at"),
                    length > 0 ? clock_text(std::chrono::milliseconds{length})
                               : "not finished",
                    day_of(x, "delete_after"), text_of(x, "file")});
  }
  ctx.out << table(rows);
  return exit_ok;
}

/// The length that a WAV file says it has: RIFF, length behind it, "WAVE".
std::optional<uint64_t> length_of_wav(std::string_view head) {
  if (head.size() < 12 || !head.starts_with("RIFF")
      || head.substr(8, 4) != "WAVE")
    return std::nullopt;
  uint64_t length = 0;
  for (size_t i = 0; i < 4; ++i)
    length |= static_cast<uint64_t>(static_cast<uint8_t>(head[4 + i]))
              << (8 * i);
  return length + 8;
}

/// Fetches the recording in parts, so that its length does not matter.
int save_recording(const context& ctx, ctl_options& options) {
  constexpr uint64_t part = 8 << 20;
  auto path = "/recordings/" + percent_encode(options.call);
  auto fetch_part = [&](uint64_t from) {
    return request(ctx, options, "GET", path,
                   fmt::format("bytes={}-{}", from, from + part - 1));
  };
  auto body = fetch_part(0);
  auto length = length_of_wav(body);
  if (!length)
    throw unreachable("the engine's answer is no WAV file; is this the address "
                      "of an engine?");
  std::ofstream out{options.output, std::ios::binary | std::ios::trunc};
  uint64_t written = 0;
  while (out && !body.empty()) {
    out.write(body.data(), static_cast<std::streamsize>(body.size()));
    written += body.size();
    if (written >= *length)
      break;
    body = fetch_part(written);
  }
  if (!out.flush())
    throw std::invalid_argument(options.output
                                + " cannot be written; choose another file "
                                  "with --output");
  if (written != *length)
    throw unreachable("the recording broke off; try again");
  if (!options.json)
    ctx.out << "wrote " << options.output << ": caller left, agent right, "
            << written << " bytes\n";
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
    "ctl", "Look at live calls and vendors, end a call, save a recording");
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
  auto* list = sub->add_subcommand("recordings", "List recorded calls");
  list
    ->add_option("--organisation", options->organisation,
                 "Whose (default: the engine's own)")
    ->type_name("ID");
  on(list, show_recordings);
  auto* save = sub->add_subcommand(
    "recording", "Save the recording of a call as a WAV file");
  with_call(save);
  save
    ->add_option("--output", options->output,
                 "The file to write; what is there is replaced")
    ->type_name("FILE")
    ->required();
  on(save, save_recording);
  add_ctl_outside(
    *sub, ctx,
    [&ctx, options](const std::string& method, const std::string& path,
                    const std::string& body) {
      return request(ctx, *options, method.c_str(), path, {}, body);
    },
    [&](CLI::App* verb, std::function<int()> act) {
      on(verb, [act](auto&, auto&) { return act(); });
    },
    [options] { return options->json; });
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

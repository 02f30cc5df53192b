#include "adapters/cli/test_command.hpp"

#include "adapters/cli/context.hpp"
#include "adapters/cli/rehearsal/reports.hpp"
#include "adapters/cli/rehearsal/script_reader.hpp"
#include "adapters/language/scripted/agent_file.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <ostream>
#include <stdexcept>

namespace velox::cli {

namespace {

namespace fs = std::filesystem;

constexpr auto footer
  = R"(Each file is a YAML script of a whole call: who speaks when, what the providers
do, what must be heard, said and stored (docs/scripted-calls.md). The calls run
through the engine itself in virtual time: a call of a minute takes some
milliseconds, and the same script always gives the same call. A directory stands
for the *.yaml files in it.

  agent: my-agent.yaml               the agent file, beside the script
  caller:
    - say: what are your hours
    - say: no wait                   interrupts the agent
      over_word: 4
    - hang_up
  expect:
    in_order:
      - said: {contains: We are open}
        within: 1500ms
    ended: caller-hung-up
    silence: 10s

What recognisers, voices and vendors' models would do is simulated; the script
of an agent (model "scripted") really runs. For an agent with a vendor's model
the 'answers' of the script stand in.

Ends of a call, for 'ended': caller-hung-up agent-hung-up transferred
caller-gone caller-idle wire-lost protocol-violation deadline-reached
credit-exhausted too-many-restarts providers-failed answering-machine
ended-by-operator engine-stopped engine-crashed refused

Examples:
  velox test calls/*.yaml
  velox test calls --agent my-agent.yaml --format junit --output report.xml
  velox test calls/hours.yaml --trace     all that happened, by time

Exit codes:
  0  every call went as expected
  1  a call did not
  2  a script has errors, or options are wrong)";

struct test_options {
  std::vector<std::string> files;
  std::string agent;
  std::string format = "text";
  std::string output;
  std::string only;
  uint64_t seed = 0;
  bool trace = false;
  bool disabled = false;
};

std::optional<std::string> read_text(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in || fs::is_directory(file))
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

/// The scripts that were named, those of directories in the order of names.
std::vector<fs::path> scripts_of(const std::vector<std::string>& names) {
  std::vector<fs::path> result;
  for (auto& name : names) {
    if (!fs::is_directory(name)) {
      result.emplace_back(name);
      continue;
    }
    auto first = result.size();
    for (auto& entry : fs::directory_iterator{name})
      if (entry.path().extension() == ".yaml")
        result.push_back(entry.path());
    std::sort(result.begin() + static_cast<std::ptrdiff_t>(first),
              result.end());
    if (result.size() == first)
      throw std::invalid_argument{name + " has no *.yaml files in it"};
  }
  return result;
}

/// The calls of one file; what is wrong with it is added to `errors`.
std::vector<rehearsal::call_script>
load(const fs::path& file, std::vector<std::string>& errors) {
  auto text = read_text(file);
  if (!text) {
    errors.push_back(file.string() + ": cannot be read");
    return {};
  }
  auto parsed = rehearsal::parse_scripts(
    *text, file.stem().string(),
    [&](std::string_view name) -> caf::expected<std::string> {
      if (auto found = read_text(file.parent_path() / name))
        return std::move(*found);
      return caf::make_error(caf::sec::cannot_open_file);
    });
  for (auto& x : parsed.errors)
    errors.push_back(file.string() + ": " + x);
  for (auto& x : parsed.calls)
    x.file = file.string();
  return std::move(parsed.calls);
}

/// All calls talk to this agent, whatever their scripts say.
void use_agent(const std::string& file,
               std::vector<rehearsal::call_script>& calls) {
  auto text = read_text(file);
  if (!text)
    throw std::invalid_argument{file + " cannot be read"};
  auto parsed = language::parse(*text);
  if (!parsed.value)
    throw std::invalid_argument{
      fmt::format("{}: {}", file, fmt::join(parsed.errors, "\n"))};
  for (auto& x : calls)
    x.agent_yaml = *text;
}

void write(const context& ctx, const test_options& options,
           const std::vector<rehearsal::rehearsed>& calls) {
  auto report = options.format == "json" ? rehearsal::json_report(calls)
                : options.format == "junit"
                  ? rehearsal::junit_report(calls)
                  : rehearsal::text_report(calls, options.trace);
  if (options.output.empty()) {
    ctx.out << report;
    return;
  }
  std::ofstream file{options.output, std::ios::binary};
  file << report;
  if (!file.flush())
    throw std::invalid_argument{options.output + " cannot be written"};
  // The file is for machines; whoever watches wants to know, too.
  if (options.format != "text")
    ctx.out << rehearsal::text_report(calls, options.trace);
}

int test(const context& ctx, const test_options& options) {
  std::vector<rehearsal::call_script> calls;
  std::vector<std::string> errors;
  for (auto& file : scripts_of(options.files))
    for (auto& x : load(file, errors))
      calls.push_back(std::move(x));
  if (!errors.empty()) {
    for (auto& x : errors)
      ctx.err << x << '\n';
    return exit_usage;
  }
  if (!options.only.empty())
    std::erase_if(calls, [&](auto& x) { return x.name != options.only; });
  if (calls.empty())
    throw std::invalid_argument{"no call is named " + options.only};
  if (!options.agent.empty())
    use_agent(options.agent, calls);
  std::vector<rehearsal::rehearsed> results;
  for (auto& x : calls) {
    if (options.seed != 0)
      x.seed = options.seed;
    if (options.disabled)
      x.disabled.clear();
    try {
      results.push_back(rehearsal::rehearse(x));
    } catch (const std::invalid_argument& problem) {
      ctx.err << fmt::format("{}:{}: {}\n", x.file, x.line, problem.what());
      return exit_usage;
    }
  }
  write(ctx, options, results);
  auto good = std::all_of(results.begin(), results.end(),
                          [](auto& x) { return x.ok(); });
  return good ? exit_ok : exit_failed;
}

} // namespace

void add_test(CLI::App& app, context& ctx) {
  auto* sub = app.add_subcommand("test", "Run scripted calls in virtual time");
  sub->footer(footer);
  auto options = std::make_shared<test_options>();
  sub->add_option("files", options->files, "Scripts, or directories of them")
    ->required()
    ->type_name("FILE");
  sub
    ->add_option("--agent", options->agent,
                 "Agent file that all calls talk to, instead of their own")
    ->type_name("FILE");
  sub
    ->add_option("--format", options->format,
                 "text, json or junit (default: text)")
    ->check(CLI::IsMember({"text", "json", "junit"}));
  sub
    ->add_option("--output", options->output,
                 "Where the report goes (default: standard output)")
    ->type_name("FILE");
  sub->add_option("--only", options->only, "Run the call of this name alone")
    ->type_name("NAME");
  sub
    ->add_option("--seed", options->seed,
                 "Seed of jitter and loss on the line (default: the "
                 "script's, 1)")
    ->check(CLI::PositiveNumber);
  sub->add_flag("--trace", options->trace,
                "Print all that happened, also of calls that passed");
  sub->add_flag("--disabled", options->disabled,
                "Run calls that say 'disabled', too");
  sub->callback([&ctx, options] {
    ctx.action = [&ctx, options] { return test(ctx, *options); };
  });
}

} // namespace velox::cli

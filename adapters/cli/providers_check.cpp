#include "adapters/cli/providers_check.hpp"

#include "adapters/cli/context.hpp"
#include "adapters/cli/provider_probe.hpp"
#include "adapters/cli/text.hpp"
#include "config/vendors.hpp"
#include "protocol/json.hpp"
#include "protocol/type_ids.hpp"
#include "protocol/url.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <ostream>
#include <thread>

namespace velox::cli {

namespace {

using providers::stage;
using providers::vendor_info;
using std::chrono::milliseconds;

constexpr auto footer
  = R"(Each vendor with a key or an address in the settings is asked for a little of
what it does: a session that hears silence, one spoken word, one short answer.
This costs a fraction of a cent.

Examples:
  velox providers check
  velox providers check --json --timeout 5
  velox --config velox.yaml providers check

Exit codes:
  0  all of them work
  1  some do not; the table says what to do
  2  nothing is configured, or wrong options or config)";

constexpr auto advice
  = R"(no vendor is configured: calls use the offline recogniser, voice and script.
Set DEEPGRAM_API_KEY to listen and speak, and OPENAI_API_KEY or GEMINI_API_KEY
to think; config/velox.example.yaml has all that there are under 'providers'.)";

std::string_view word_for(provider_errc x) {
  switch (x) {
    case provider_errc::unreachable: return "unreachable";
    case provider_errc::timed_out: return "timed out";
    case provider_errc::unauthorized: return "unauthorized";
    case provider_errc::out_of_quota: return "out of quota";
    case provider_errc::rate_limited: return "rate limited";
    case provider_errc::overloaded: return "overloaded";
    case provider_errc::bad_request: return "bad request";
    case provider_errc::unavailable: return "unavailable";
    default: return "broken";
  }
}

/// A thread with a way out, and actors to report to.
class workplace {
public:
  explicit workplace(const config::settings& settings)
    : system_(std::make_unique<caf::actor_system>(config_)) {
    net::outbound_options options;
    options.ca_file = settings.providers.ca_file;
    out = net::make_outbounds(options, {&io_}).front();
    thread_ = std::thread{[this] { io_.run(); }};
  }

  ~workplace() {
    system_.reset(); // waits for the actors, which still use the way out
    out->stop();
    guard_.reset();
    thread_.join();
  }

  workplace(const workplace&) = delete;
  workplace& operator=(const workplace&) = delete;

  caf::actor_system& system() { return *system_; }

private:
  struct actor_config : caf::actor_system_config {
    actor_config() {
      add_message_types<caf::id_block::velox>();
      set("scheduler.max-threads", size_t{2});
    }
  };

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
    guard_{io_.get_executor()};
  actor_config config_;

  std::unique_ptr<caf::actor_system> system_;

public:
  net::outbound_ptr out;

private:
  std::thread thread_;
};

/// What the settings' lists name of this vendor, or else its default.
std::vector<std::string>
choices_of(const vendor_info& x, const config::provider_settings& settings) {
  std::vector<const std::vector<std::string>*> lists;
  if (x.what == stage::recognizer)
    lists = {&settings.recognizers};
  else if (x.what == stage::voice)
    lists = {&settings.voices};
  else
    lists = {&settings.models, &settings.small_models, &settings.medium_models,
             &settings.large_models};
  std::vector<std::string> result;
  for (auto list : lists)
    for (auto& name : *list)
      if (config::parse_choice(name).vendor == x.name
          && std::find(result.begin(), result.end(), name) == result.end())
        result.push_back(name);
  // What is only used by those who ask for it need not work for all.
  auto by_name_only = x.name == "flux"
                      || (x.what == stage::voice && x.name == "openai"
                          && !settings.openai.url.empty());
  if (result.empty() && !by_name_only)
    result.emplace_back(x.name);
  return result;
}

struct check {
  const vendor_info* vendor;
  std::string name;
  std::unique_ptr<provider_probe> probe;
};

check start(const vendor_info& x, const std::string& choice,
            const providers::catalogue& all, caf::actor_system& system) {
  auto begin = [&](const auto& provider) {
    return check{&x, provider.name, probe(system, provider)};
  };
  if (x.what == stage::recognizer)
    return begin(all.recognizer(choice));
  if (x.what == stage::voice)
    return begin(all.voice(choice));
  return begin(all.model(choice));
}

provider_failed too_late(milliseconds patience) {
  provider_failed result;
  result.code = provider_errc::timed_out;
  result.why = fmt::format("no answer within {} ms", patience.count());
  return result;
}

provider_report report_of(check& x, const config::vendor_keys& keys,
                          std::chrono::steady_clock::time_point deadline,
                          milliseconds patience) {
  auto found = x.probe->wait_until(deadline);
  if (!found)
    found = {too_late(patience), patience};
  provider_report result;
  result.vendor = x.vendor->gateway;
  result.stage = providers::to_text(x.vendor->what);
  result.name = x.name;
  result.latency = found->latency;
  result.status = "ok";
  if (auto& failure = found->failure) {
    auto address = parse_url(providers::access_of(*x.vendor, keys).base_url);
    result.status = word_for(failure->code);
    result.why = failure->why;
    result.fix = fix_for(*x.vendor, address ? address->host : "the address",
                         x.name, *failure);
  }
  return result;
}

void print_json(std::ostream& out, const std::vector<provider_report>& all) {
  json_array checks;
  for (auto& x : all)
    checks.add(json_object{}
                 .add("vendor", x.vendor)
                 .add("stage", x.stage)
                 .add("provider", x.name)
                 .add("status", x.status)
                 .add("latency_ms", x.latency.count())
                 .add("why", x.why)
                 .add("fix", x.fix));
  auto ok = std::all_of(all.begin(), all.end(), [](auto& x) { return x.ok(); });
  out << json_object{}.add("ok", ok && !all.empty()).add("checks", checks).str()
      << '\n';
}

void print_table(std::ostream& out, const std::vector<provider_report>& all) {
  std::vector<std::vector<std::string>> rows{
    {"VENDOR", "STAGE", "PROVIDER", "STATUS", "LATENCY", "FIX"}};
  for (auto& x : all)
    rows.push_back({x.vendor, x.stage, x.name, x.status,
                    fmt::format("{} ms", x.latency.count()), x.fix});
  out << table(rows);
  for (auto& x : all)
    if (!x.why.empty())
      out << printable(fmt::format("{} {}: {}", x.name, x.stage, x.why))
          << '\n';
}

int check_and_print(const context& ctx, bool json, double seconds) {
  auto patience = std::chrono::duration_cast<milliseconds>(
    std::chrono::duration<double>(seconds));
  auto all = check_providers(ctx.settings(), patience);
  if (json)
    print_json(ctx.out, all);
  else if (!all.empty())
    print_table(ctx.out, all);
  if (all.empty()) {
    ctx.err << "velox: " << advice << '\n';
    return exit_usage;
  }
  return std::all_of(all.begin(), all.end(), [](auto& x) { return x.ok(); })
           ? exit_ok
           : exit_failed;
}

} // namespace

std::string fix_for(const vendor_info& vendor, const std::string& host,
                    const std::string& name, const provider_failed& failure) {
  auto setting = [&](std::string_view otherwise) {
    return vendor.model_setting.empty() ? std::string{otherwise}
                                        : std::string{vendor.model_setting};
  };
  switch (failure.code) {
    case provider_errc::unauthorized:
      return fmt::format("{} was refused: make a new key at {} and set it",
                         vendor.key, vendor.keys_at);
    case provider_errc::out_of_quota:
      return fmt::format("the account has nothing left: add credit at {}",
                         vendor.keys_at);
    case provider_errc::rate_limited:
      return fmt::format("too much at once for the account: lower "
                         "providers.{}.concurrency, or raise the limit at {}",
                         vendor.gateway, vendor.keys_at);
    case provider_errc::unreachable:
      if (failure.why.find("ertificate") != std::string::npos)
        return fmt::format("the certificate of {} is not trusted: name its "
                           "authority in providers.ca_file",
                           host);
      return fmt::format("cannot reach {}: check the address, DNS, firewall "
                         "and proxy (HTTPS_PROXY)",
                         host);
    case provider_errc::timed_out:
      return fmt::format("{} did not answer: check firewall and proxy "
                         "(HTTPS_PROXY), or allow more with --timeout",
                         host);
    case provider_errc::overloaded:
      return fmt::format("{} has trouble of its own: try again later, and name "
                         "a second provider for this stage",
                         host);
    case provider_errc::bad_request:
      return fmt::format("{} does not take {}: check {}", host, name,
                         setting("the name"));
    default:
      return fmt::format("{} does not speak {}'s protocol: check the address "
                         "(providers.{}.url)",
                         host, vendor.name, vendor.gateway);
  }
}

std::vector<provider_report>
check_providers(const config::settings& settings, milliseconds patience) {
  auto keys = std::make_shared<const config::vendor_keys>(settings);
  workplace place{settings};
  providers::catalogue all{
    settings.providers, keys, [out = place.out] { return out; }, {}};
  auto deadline = std::chrono::steady_clock::now() + patience;
  std::vector<check> checks;
  for (auto& x : providers::all_vendors())
    if (providers::is_configured(x, *keys))
      for (auto& choice : choices_of(x, settings.providers))
        checks.push_back(start(x, choice, all, place.system()));
  std::vector<provider_report> result;
  for (auto& x : checks)
    result.push_back(report_of(x, *keys, deadline, patience));
  return result;
}

void add_providers(CLI::App& app, context& ctx) {
  auto* sub = app.add_subcommand("providers", "Look at the vendors");
  sub->footer(footer);
  sub->fallthrough();
  sub->require_subcommand(1);
  auto* check = sub->add_subcommand("check", "Try each configured vendor");
  check->footer(footer);
  check->fallthrough();
  struct options {
    bool json = false;
    double timeout = 10;
  };
  auto chosen = std::make_shared<options>();
  check->add_flag("--json", chosen->json, "Print one JSON object");
  check
    ->add_option("--timeout", chosen->timeout,
                 "Seconds for all of it (default: 10)")
    ->check(CLI::Range(0.1, 600.0));
  check->callback([&ctx, chosen] {
    ctx.action = [&ctx, chosen] {
      return check_and_print(ctx, chosen->json, chosen->timeout);
    };
  });
}

} // namespace velox::cli

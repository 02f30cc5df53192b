#include "adapters/cli/ctl_outside.hpp"

#include "adapters/cli/http_client.hpp"
#include "adapters/cli/text.hpp"
#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <vector>

namespace velox::cli {

namespace {

struct outside_options {
  std::string organisation;
  std::string plan;
  int64_t minutes = 0;
  std::string url;
  std::string id;
  bool dead = false;
};

rapidjson::Document parse(const std::string& body) {
  rapidjson::Document result;
  if (read_json(body, result) != json_error::none || !result.IsObject())
    throw unreachable("the engine's answer is no JSON object; is this the "
                      "address of an engine?");
  return result;
}

std::string text_of(const rapidjson::Value& x, std::string_view name) {
  if (auto number = json_integer(x, name))
    return std::to_string(*number);
  return std::string{json_text(x, name).value_or("-")};
}

/// The members `columns` of each object in the list `name`.
std::string list_of(const std::string& body, std::string_view name,
                    const std::vector<std::string>& columns,
                    const std::vector<std::string>& heading) {
  auto document = parse(body);
  const auto* all = json_member(document, name);
  if (!all || !all->IsArray() || all->Empty())
    return "none\n";
  std::vector<std::vector<std::string>> rows{heading};
  for (const auto& x : all->GetArray()) {
    auto& row = rows.emplace_back();
    for (auto& column : columns)
      row.push_back(text_of(x, column));
  }
  return table(rows);
}

/// What all verbs share.
struct verbs {
  context& ctx;
  engine_question ask;
  std::function<bool()> json;
  std::shared_ptr<outside_options> options
    = std::make_shared<outside_options>();

  json_object org() const {
    return json_object{}.add("org_id", options->organisation);
  }

  int tell(const std::string& body, const std::string& text) const {
    ctx.out << (json() ? body + "\n" : text);
    return exit_ok;
  }

  int open_page(const std::string& path, const json_object& order) const {
    auto body = ask("POST", path, order.str());
    return tell(body, text_of(parse(body), "url") + "\n");
  }

  int checkout() const {
    auto order = org();
    if (!options->plan.empty())
      order.add("plan", options->plan);
    if (options->minutes != 0)
      order.add("minutes", options->minutes);
    return open_page("/billing/checkout", order);
  }

  int show_secret(const std::string& body) const {
    return tell(body, "secret: " + text_of(parse(body), "secret")
                        + "\nIt is shown this once; the receiver checks "
                          "signatures with it.\n");
  }

  int set() const {
    return show_secret(
      ask("PUT", "/webhooks/endpoint", org().add("url", options->url).str()));
  }

  int rotate() const {
    return show_secret(ask("POST", "/webhooks/endpoint/rotate", org().str()));
  }

  int remove() const {
    auto body = ask(
      "DELETE",
      "/webhooks/endpoint?org_id=" + percent_encode(options->organisation), "");
    return tell(body, "removed\n");
  }

  int list() const {
    auto path = "/webhooks?org_id=" + percent_encode(options->organisation);
    if (options->dead)
      path += "&status=dead";
    auto body = ask("GET", path, "");
    return tell(body, list_of(body, "webhooks",
                              {"id", "org_id", "event_id", "status", "attempts",
                               "last_problem"},
                              {"ID", "ORGANISATION", "EVENT", "STATUS",
                               "ATTEMPTS", "PROBLEM"}));
  }

  int retry() const {
    auto body
      = ask("POST", "/webhooks/" + percent_encode(options->id) + "/retry",
            org().str());
    return tell(body, "it is tried again\n");
  }

  int events() const {
    if (!options->id.empty()) {
      auto body
        = ask("POST",
              "/billing/events/" + percent_encode(options->id) + "/retry", "");
      return tell(body, "it is tried again\n");
    }
    auto body = ask("GET", "/billing/events", "");
    return tell(body,
                list_of(body, "events",
                        {"event_id", "type", "status", "attempts", "problem"},
                        {"EVENT", "TYPE", "STATUS", "ATTEMPTS", "PROBLEM"}));
  }
};

} // namespace

void add_ctl_outside(
  CLI::App& ctl, context& ctx, engine_question ask,
  const std::function<void(CLI::App*, std::function<int()>)>& run,
  std::function<bool()> json) {
  auto all
    = std::make_shared<verbs>(verbs{ctx, std::move(ask), std::move(json)});
  auto& options = *all->options;
  auto add = [&](CLI::App& under, const char* name, const char* help,
                 int (verbs::*act)() const, bool with_org = true) {
    auto* verb = under.add_subcommand(name, help);
    if (with_org)
      verb->add_option("ORGANISATION", options.organisation, "Its id")
        ->required();
    run(verb, [all, act] { return ((*all).*act)(); });
    return verb;
  };
  auto* checkout = add(ctl, "checkout",
                       "Open a page where an organisation pays; prints its URL",
                       &verbs::checkout);
  checkout->add_option("--plan", options.plan, "STARTER, PRO or ENTERPRISE");
  checkout->add_option("--minutes", options.minutes, "Talk time to buy");
  auto* portal = ctl.add_subcommand(
    "portal", "Open a page where an organisation changes its card and plan");
  portal->add_option("ORGANISATION", options.organisation, "Its id")
    ->required();
  run(portal, [all] { return all->open_page("/billing/portal", all->org()); });
  add(ctl, "stripe-events",
      "List Stripe's events that wait or have failed, or retry one",
      &verbs::events, false)
    ->add_option("--retry", options.id, "The id of a failed event")
    ->type_name("EVENT");
  auto* webhook = ctl.add_subcommand(
    "webhook", "Set where an organisation hears of its calls");
  webhook->require_subcommand(1);
  add(*webhook, "set", "Set the URL; prints the new secret", &verbs::set)
    ->add_option("URL", options.url, "https://...")
    ->required();
  add(*webhook, "rotate", "Make a new secret; the old one signs too",
      &verbs::rotate);
  add(*webhook, "remove", "Tell the organisation nothing more", &verbs::remove);
  add(*webhook, "retry", "Try a dead webhook again", &verbs::retry)
    ->add_option("ID", options.id, "Its id in 'velox ctl webhooks --dead'")
    ->required();
  auto* list = add(ctl, "webhooks", "List what organisations were told",
                   &verbs::list, false);
  list->add_option("--organisation", options.organisation, "Whose");
  list->add_flag("--dead", options.dead, "Only what was given up");
}

} // namespace velox::cli

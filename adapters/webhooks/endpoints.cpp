#include "adapters/webhooks/endpoints.hpp"

#include "adapters/console/admin_key.hpp"
#include "adapters/http/ask.hpp"
#include "adapters/webhooks/sender.hpp"
#include "protocol/errc.hpp"
#include "protocol/json.hpp"
#include "protocol/standard_webhooks.hpp"
#include "protocol/type_ids.hpp"

#include <rapidjson/document.h>

#include <charconv>

namespace velox::webhooks {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{5};

http::response bad_request(std::string_view message, std::string_view fix) {
  return http::error_response(400, "bad_request", message, fix);
}

std::function<void(const caf::error&)>
on_failure(const http::responder& answer) {
  return [answer](const caf::error& why) {
    if (why == errc::not_found)
      answer(http::error_response(404, "not_found",
                                  "There is no such organisation, webhook "
                                  "endpoint or dead webhook.",
                                  "Check org_id and id; see 'velox ctl "
                                  "webhooks'."));
    else
      answer(http::error_response(503, "unavailable",
                                  "The database does not answer.",
                                  "Try again; see GET /readyz."));
  };
}

std::string query_of(const http::request& x, const char* name) {
  auto found = x.query.find(name);
  return found == x.query.end() ? "" : found->second;
}

/// The members of the body that are texts.
struct fields {
  std::string org_id;
  std::string url;
};

/// What the request holds; org_id is there. Otherwise it is answered.
std::optional<fields>
read_fields(const http::request& x, const http::responder& answer) {
  fields out{query_of(x, "org_id"), {}};
  if (!x.body.empty()) {
    rapidjson::Document body;
    if (read_json(x.body, body) != json_error::none || !body.IsObject()) {
      answer(bad_request("The body is no JSON object.",
                         R"(Send {"org_id": "...", "url": "https://..."}.)"));
      return std::nullopt;
    }
    out.org_id = json_text(body, "org_id").value_or(out.org_id);
    out.url = json_text(body, "url").value_or("");
  }
  if (out.org_id.empty()) {
    answer(bad_request("org_id is missing.",
                       "Name the organisation; see 'velox org list'."));
    return std::nullopt;
  }
  return out;
}

json_object describe(const webhook_endpoint& x) {
  return json_object{}
    .add("org_id", x.org_id)
    .add("url", x.url)
    .add("rotating", !x.old_secret_sealed.empty())
    .add("disabled_because", x.disabled_because)
    .add("created_at", x.created_at);
}

class desk : public std::enable_shared_from_this<desk> {
public:
  desk(caf::actor_system& sys, endpoint_options options)
    : sys_(sys), options_(std::move(options)) {}

  void set(const http::request& x, const http::responder& answer) {
    auto given = read_fields(x, answer);
    if (!given)
      return;
    if (auto problem = url_problem(given->url, options_.allow_private);
        !problem.empty())
      return answer(
        bad_request("url: " + problem + ".",
                    "Send the https:// address that is to be told."));
    webhook_endpoint made;
    made.org_id = given->org_id;
    made.url = given->url;
    store(made, answer);
  }

  void rotate(const http::request& x, const http::responder& answer) {
    auto given = read_fields(x, answer);
    if (!given)
      return;
    auto on_found = [me = shared_from_this(), answer](webhook_endpoint known) {
      try {
        auto& box = *me->options_.box;
        known.old_secret_sealed
          = box.seal(box.open(known.secret_sealed, known.org_id, secret_field),
                     known.org_id, old_secret_field);
      } catch (const config::box_error& e) {
        return answer(http::error_response(
          500, "sealed", e.what(), "Restore webhooks.key or set it anew."));
      }
      me->store(known, answer);
    };
    ask(answer, on_found, find_webhook_endpoint{given->org_id});
  }

  void show(const http::request& x, const http::responder& answer) {
    auto given = read_fields(x, answer);
    if (!given)
      return;
    auto on_found = [answer](const webhook_endpoint& known) {
      answer(http::json_response(200, describe(known).str()));
    };
    ask(answer, on_found, find_webhook_endpoint{given->org_id});
  }

  void remove(const http::request& x, const http::responder& answer) {
    auto given = read_fields(x, answer);
    if (given)
      ask(answer, done(answer),
          delete_webhook_endpoint{given->org_id, options_.time_of_day()});
  }

  void list(const http::request& x, const http::responder& answer) {
    auto status = query_of(x, "status");
    if (!status.empty() && status != "pending" && status != "delivered"
        && status != "dead")
      return answer(bad_request("There is no such status.",
                                "It is pending, delivered or dead."));
    auto on_list = [answer](const std::vector<webhook_record>& all) {
      json_array list;
      for (auto& w : all)
        list.add(json_object{}
                   .add("id", w.id)
                   .add("org_id", w.org_id)
                   .add("event_id", w.event_id)
                   .add("type", w.kind)
                   .add("call_id", w.call_id)
                   .add("status", w.status)
                   .add("attempts", w.attempts)
                   .add("next_attempt_at", w.next_attempt_at)
                   .add("last_problem", w.last_problem)
                   .add("created_at", w.created_at));
      answer(
        http::json_response(200, json_object{}.add("webhooks", list).str()));
    };
    ask(answer, on_list, list_webhooks{query_of(x, "org_id"), status, 100});
  }

  void retry(const http::request& x, const http::responder& answer) {
    auto given = read_fields(x, answer);
    if (!given)
      return;
    auto& text = x.params.at("id");
    int64_t id = 0;
    auto [stop, error]
      = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || stop != text.data() + text.size())
      return answer(bad_request("The id is no number.",
                                "See 'velox ctl webhooks --dead'."));
    ask(answer, done(answer),
        retry_webhook{given->org_id, id, options_.time_of_day()});
  }

private:
  /// Gives the endpoint a new secret, which is told in the answer.
  void store(webhook_endpoint x, const http::responder& answer) {
    auto secret = standard_webhooks::make_secret();
    x.secret_sealed = options_.box->seal(secret, x.org_id, secret_field);
    x.disabled_because.clear();
    x.created_at = options_.time_of_day();
    auto on_stored = [answer, x, secret] {
      auto shown
        = http::json_response(200, describe(x).add("secret", secret).str());
      shown.headers.add("Cache-Control", "no-store");
      answer(std::move(shown));
    };
    ask(answer, on_stored, put_webhook_endpoint{x});
  }

  static std::function<void()> done(const http::responder& answer) {
    return [answer] {
      answer(http::json_response(200, json_object{}.add("ok", true).str()));
    };
  }

  template <class F, class Message>
  void ask(const http::responder& answer, F then, Message x) {
    http::ask(sys_, options_.store, patience, then, on_failure(answer),
              std::move(x));
  }

  caf::actor_system& sys_;
  endpoint_options options_;
};

} // namespace

void add_endpoints(http::router& routes, caf::actor_system& sys,
                   const endpoint_options& options, std::string admin_key) {
  auto all = std::make_shared<desk>(sys, options);
  auto add = [&](const char* method, const std::string& path, auto what) {
    auto handle = [all, what](const http::request& x, http::responder answer) {
      ((*all).*what)(x, answer);
    };
    routes.add(method, "/api/v1" + path,
               console::with_admin_key(admin_key, handle));
  };
  add("PUT", "/webhooks/endpoint", &desk::set);
  add("GET", "/webhooks/endpoint", &desk::show);
  add("DELETE", "/webhooks/endpoint", &desk::remove);
  add("POST", "/webhooks/endpoint/rotate", &desk::rotate);
  add("GET", "/webhooks", &desk::list);
  add("POST", "/webhooks/{id}/retry", &desk::retry);
  for (auto path : {"/webhooks/endpoint", "/webhooks/endpoint/rotate",
                    "/webhooks", "/webhooks/{id}/retry"})
    routes.alias("/api" + std::string{path}, "/api/v1" + std::string{path});
}

} // namespace velox::webhooks

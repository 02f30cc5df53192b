#include "adapters/carriers/twilio/webhooks.hpp"

#include "adapters/carriers/twilio/resume_counter.hpp"
#include "adapters/carriers/twilio/webhook_request.hpp"
#include "adapters/http/ask.hpp"
#include "adapters/http/metrics.hpp"
#include "config/log.hpp"
#include "protocol/errc.hpp"
#include "protocol/stream_token.hpp"
#include "protocol/twiml.hpp"

#include <caf/send.hpp>

#include <optional>
#include <utility>

namespace velox::carriers::twilio {

namespace {

using namespace std::chrono_literals;

constexpr auto busy_sentence
  = "All our lines are busy right now. Please call again in a few minutes.";
constexpr auto no_agent_sentence = "The number you have dialed is not in "
                                   "service.";
constexpr auto no_credit_sentence = "We cannot take your call at the moment. "
                                    "Please try again later.";
constexpr auto apology_sentence
  = "We are sorry, we have a technical problem. Please call again later.";

/// A call that still winds up is asked about this often, so far apart.
constexpr unsigned settle_attempts = 10;
constexpr auto settle_wait = 200ms;

http::response xml(const twiml::response& x) {
  return {200, x.str(), "text/xml; charset=utf-8", {}};
}

twiml::response say_and_hang_up(const char* sentence) {
  return twiml::response{}
    .add(twiml::say{sentence, "", ""})
    .add(twiml::hangup{});
}

/// AnsweredBy of Twilio's answering machine detection.
answerer answerer_of(std::string_view text) {
  if (text == "human")
    return answerer::human;
  if (text == "fax")
    return answerer::fax;
  if (text == "machine_start")
    return answerer::machine;
  return text.starts_with("machine_end") ? answerer::machine_ready
                                         : answerer::unknown;
}

/// One webhook under way.
struct exchange {
  http::responder answer;
  std::string base; ///< "https://host"
  std::string call_id;
  std::string caller;
  std::string called;
  bool ringing = true;   ///< not answered yet, so it can be rejected
  bool outbound = false; ///< we have called them, and they have picked up
};

/// What the handlers share; kept by the routes.
class webhooks : public std::enable_shared_from_this<webhooks> {
public:
  webhooks(webhook_options options, caf::actor_system& system,
           call_registry_actor registry, store_actor store,
           std::shared_ptr<http::metrics> counts)
    : options_(std::move(options)), system_(system),
      registry_(std::move(registry)), store_(std::move(store)),
      counts_(std::move(counts)) {}

  void incoming(const http::request& x, http::responder answer) {
    auto call = open(x, std::move(answer), true);
    if (!call)
      return;
    if (!options_.may_call || !call->ringing) {
      admit(call);
      return;
    }
    options_.may_call(call->caller, [me = shared_from_this(), call](bool may) {
      if (may)
        me->admit(call);
      else
        me->too_often(*call);
    });
  }

  void resume(const http::request& x, http::responder answer) {
    if (auto call = open(x, std::move(answer), false))
      await_end(call, settle_attempts);
  }

  void status(const http::request& x, const http::responder& answer) {
    if (authentic(x, answer))
      answer({204, "", "", {}});
  }

  /// Who or what has picked up, as Twilio's own detection has it.
  void answered(const http::request& x, const http::responder& answer) {
    if (!authentic(x, answer))
      return;
    auto fields = webhook_fields(x);
    if (!fields || !is_call_id(fields->get("CallSid"))) {
      answer(http::error_response(400, "bad_request",
                                  "CallSid is missing or malformed",
                                  "send the call's id, such as CA0123..."));
      return;
    }
    auto who = answerer_of(fields->get("AnsweredBy"));
    auto tell = [who](const live_call& call) {
      caf::anon_send(call.call, answered_by{who});
    };
    // A call that is over, or has no socket yet, has no use for it.
    http::ask(
      system_, registry_, options_.ask_timeout, tell, [](const caf::error&) {},
      find_call{std::string{fields->get("CallSid")}});
    answer({204, "", "", {}});
  }

private:
  using exchange_ptr = std::shared_ptr<const exchange>;

  std::function<void(const caf::error&)> on_failure(const exchange_ptr& call) {
    return [me = shared_from_this(), call](const caf::error& err) {
      config::log().error(
        "Store, ledger or registry failed a webhook. call={} code={}",
        call->call_id, static_cast<int>(err.code()));
      me->apologise(*call);
    };
  }

  /// The public base URL when the request is from Twilio; otherwise it is
  /// answered.
  std::optional<std::string>
  authentic(const http::request& x, const http::responder& answer) {
    auto base = public_base(x, options_.public_url);
    if (!base) {
      answer(http::error_response(400, "bad_host",
                                  "Host or X-Forwarded-Host is no host name",
                                  "set public_url in the config"));
      return std::nullopt;
    }
    if (!options_.verify_signature)
      return base;
    if (auto refusal = check_signature(x, *base, options_.auth_token)) {
      config::log().warn("A webhook was not signed by Twilio. path={}",
                         config::field(x.path));
      counts_->count_incoming("forbidden");
      answer(std::move(*refusal));
      return std::nullopt;
    }
    return base;
  }

  /// The checked request; otherwise it is answered.
  exchange_ptr
  open(const http::request& x, http::responder answer, bool needs_number) {
    auto base = authentic(x, answer);
    if (!base)
      return nullptr;
    auto fields = webhook_fields(x);
    auto fail = [&](const char* field, const char* fix) {
      counts_->count_incoming("bad_request");
      answer(http::error_response(
        400, "bad_request", std::string{field} + " is missing or malformed",
        fix));
      return nullptr;
    };
    if (!fields)
      return fail("the form", "send application/x-www-form-urlencoded");
    if (!is_call_id(fields->get("CallSid")))
      return fail("CallSid", "send the call's id, such as CA0123...");
    if (needs_number && !is_address(fields->get("To")))
      return fail("To", "send the number that was called, such as "
                        "+15550001111");
    auto direction = fields->get("Direction");
    exchange out{std::move(answer),
                 std::move(*base),
                 std::string{fields->get("CallSid")},
                 std::string{fields->get("From").substr(0, 128)},
                 std::string{fields->get("To")},
                 direction.empty() || direction == "inbound",
                 direction.starts_with("outbound")};
    return std::make_shared<exchange>(std::move(out));
  }

  void apologise(const exchange& call) {
    counts_->count_incoming("failed");
    call.answer(xml(say_and_hang_up(apology_sentence)));
  }

  void admit(const exchange_ptr& call) {
    auto on_status = [me = shared_from_this(), call](const registry_status& x) {
      if (x.draining || x.live_calls >= x.limit)
        me->busy(*call);
      else
        me->find_agent(call);
    };
    http::ask(system_, registry_, options_.ask_timeout, on_status,
              on_failure(call), caf::get_atom_v);
  }

  /// One number calls again and again.
  void too_often(const exchange& call) {
    counts_->count_incoming("too_often");
    call.answer(xml(twiml::response{}.add(twiml::reject{"busy"})));
  }

  void busy(const exchange& call) {
    counts_->count_incoming("busy");
    call.answer(xml(call.ringing ? twiml::response{}.add(twiml::reject{"busy"})
                                 : say_and_hang_up(busy_sentence)));
  }

  void no_agent(const exchange& call) {
    counts_->count_incoming("unknown_number");
    call.answer(xml(say_and_hang_up(no_agent_sentence)));
  }

  void find_agent(const exchange_ptr& call) {
    auto on_agent = [me = shared_from_this(), call](const agent_record& x) {
      if (x.active)
        me->find_credit(call, x);
      else
        me->no_agent(*call);
    };
    auto on_error = [me = shared_from_this(), call,
                     failed = on_failure(call)](const caf::error& err) {
      if (err == errc::not_found || err == errc::unknown_agent)
        me->no_agent(*call);
      else
        failed(err);
    };
    http::ask(
      system_, store_, options_.ask_timeout, on_agent, on_error,
      find_agent_by_number{call->outbound ? call->caller : call->called});
  }

  /// A call that nobody can pay for is not connected. A resumed one is not
  /// asked here: it may hold talk time still.
  void find_credit(const exchange_ptr& call, const agent_record& agent) {
    auto go_on = [me = shared_from_this(), call, org = agent.org_id,
                  id = agent.id](const talk_credit& x) {
      if (x.open)
        return me->connect(*call, org, id, false);
      config::log().warn("A call was not taken: no talk time. call={} org={}",
                         call->call_id, config::field(org));
      me->counts_->count_incoming("out_of_credit");
      call->answer(xml(say_and_hang_up(no_credit_sentence)));
    };
    if (!options_.ledger)
      return connect(*call, agent.org_id, agent.id, false);
    http::ask(system_, options_.ledger, options_.ask_timeout, go_on,
              on_failure(call), velox::find_credit{agent.org_id});
  }

  void connect(const exchange& call, const std::string& org_id,
               const std::string& agent_id, bool resume) {
    try {
      stream_token token{call.call_id, agent_id,     org_id, random_hex(16), 0,
                         resume,       call.outbound};
      token.expires_at_ms
        = now() + std::chrono::milliseconds{options_.token_lifetime}.count();
      auto signed_token = sign_stream_token(token, options_.token_secret);
      twiml::connect verb;
      // In the path for the handshake, which comes before the parameters do.
      verb.url = websocket_base(call.base) + options_.stream_path + "/call/"
                 + signed_token;
      verb.parameters = {
        {"token", signed_token},
        {"caller", call.caller},
        {"called", call.called},
      };
      auto next = twiml::redirect{call.base + "/voice/resume", "POST"};
      counts_->count_incoming(resume ? "resumed" : "connected");
      call.answer(xml(twiml::response{}.add(verb).add(next)));
    } catch (const std::exception& x) {
      config::log().error("A webhook failed. call={} what={}", call.call_id,
                          config::field(x.what()));
      apologise(call);
    }
  }

  // The carrier is quick: it asks while the call may still be winding up. What
  // is to follow is known once the registry has let go of it.
  void await_end(const exchange_ptr& call, unsigned attempts) {
    auto me = shared_from_this();
    auto on_live = [me, call, attempts](const live_call&) {
      if (attempts == 0)
        return me->find_past(call);
      http::later(me->system_, settle_wait,
                  [me, call, attempts] { me->await_end(call, attempts - 1); });
    };
    auto on_gone = [me, call](const caf::error&) { me->find_past(call); };
    http::ask(system_, registry_, options_.ask_timeout, on_live, on_gone,
              find_call{call->call_id});
  }

  void find_past(const exchange_ptr& call) {
    auto on_past = [me = shared_from_this(), call](
                     const conversation_record& x) { me->go_on(*call, x); };
    http::ask(system_, store_, options_.ask_timeout, on_past, on_failure(call),
              find_conversation{call->call_id});
  }

  void go_on(const exchange& call, const conversation_record& past) {
    if (can_resume(past)) {
      if (resumed_.add(call.call_id) > options_.resume_limit)
        return apologise(call);
      auto again = call;
      again.caller = past.caller;
      again.called = past.called;
      return connect(again, past.org_id, past.agent_id, true);
    }
    if (!past.transfer_to.empty()) {
      counts_->count_incoming("transferred");
      twiml::dial dial;
      dial.number = past.transfer_to;
      return call.answer(xml(twiml::response{}.add(dial)));
    }
    if (past.ended_because == to_text(end_reason::too_many_restarts)
        || past.ended_because == to_text(end_reason::providers_failed))
      return apologise(call);
    counts_->count_incoming("ended");
    call.answer(xml(twiml::response{}.add(twiml::hangup{})));
  }

  bool can_resume(const conversation_record& past) const {
    if (past.status == conversation_status::active)
      return true;
    auto why = parse_end_reason(past.ended_because);
    auto lost = why == end_reason::engine_crashed
                || why == end_reason::engine_stopped
                || why == end_reason::wire_lost;
    auto window = std::chrono::milliseconds{options_.resume_window}.count();
    return lost && now() - past.ended_at < window;
  }

  int64_t now() const {
    using namespace std::chrono;
    if (options_.unix_ms_now)
      return options_.unix_ms_now();
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
      .count();
  }

  webhook_options options_;
  caf::actor_system& system_;
  call_registry_actor registry_;
  store_actor store_;
  std::shared_ptr<http::metrics> counts_;
  resume_counter resumed_;
};

} // namespace

void add_webhooks(http::router& routes, webhook_options options,
                  caf::actor_system& system, call_registry_actor registry,
                  store_actor store, std::shared_ptr<http::metrics> counts) {
  auto hooks = std::make_shared<webhooks>(std::move(options), system,
                                          std::move(registry), std::move(store),
                                          std::move(counts));
  auto incoming = [hooks](const http::request& x, http::responder answer) {
    hooks->incoming(x, std::move(answer));
  };
  routes.post("/voice/incoming", incoming);
  routes.get("/voice/incoming", incoming);
  routes.alias("/voice", "/voice/incoming");
  routes.post("/voice/resume",
              [hooks](const http::request& x, http::responder answer) {
                hooks->resume(x, std::move(answer));
              });
  routes.post("/voice/answered-by",
              [hooks](const http::request& x, http::responder answer) {
                hooks->answered(x, std::move(answer));
              });
  routes.post("/voice/status",
              [hooks](const http::request& x, http::responder answer) {
                hooks->status(x, std::move(answer));
              });
}

} // namespace velox::carriers::twilio

#include "adapters/webhooks/sender.hpp"

#include "adapters/webhooks/attempt.hpp"
#include "adapters/webhooks/schedule.hpp"
#include "config/log.hpp"
#include "protocol/type_ids.hpp"
#include "protocol/url.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace velox::webhooks {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{30};

/// Longer than any attempt: what is claimed for so long was lost with whoever
/// claimed it.
constexpr int64_t lease = 60'000;

/// How many looks lie between two reports of the backlog.
constexpr uint64_t looks_per_report = 10;

using pointer = webhook_sender_actor::stateful_pointer<sender_state>;

void claim(pointer self);

void finish(pointer self, const finish_webhook& x) {
  auto again = [self] {
    if (self->state.under_way > 0)
      --self->state.under_way;
    claim(self);
  };
  self
    ->request(self->state.options->store, patience, x)
    // Not written down: it is due again when its lease ends.
    .then(again, [again](const caf::error&) { again(); });
}

void on_answered(pointer self, const webhook_answered& x) {
  auto& state = self->state;
  std::uniform_real_distribution<double> chance{0, 1};
  auto out = after_attempt(x, state.options->time_of_day(), chance(state.dice));
  if (out.status == "dead")
    config::log().error("A webhook is given up; see 'velox ctl webhooks "
                        "--dead'. organisation={} event={} attempts={} why={}",
                        config::field(x.what.endpoint.org_id),
                        config::field(x.what.event_id), x.what.attempt,
                        config::field(out.problem));
  else if (out.status == "pending")
    config::log().warn("A webhook has not arrived and is tried again. "
                       "organisation={} event={} attempt={} why={}",
                       config::field(x.what.endpoint.org_id),
                       config::field(x.what.event_id), x.what.attempt,
                       config::field(out.problem));
  finish(self, out);
}

void send(pointer self, const claimed_webhook& what) {
  auto& options = *self->state.options;
  ++self->state.under_way;
  auto& to = what.endpoint;
  auto failed = [&](const std::string& problem) {
    self->send(self, webhook_answered{what, 0, problem, 0});
  };
  if (auto problem = url_problem(to.url, options.allow_private);
      !problem.empty())
    return failed(problem);
  attempt_options how;
  how.now = options.time_of_day() / 1'000;
  how.public_only = !options.allow_private;
  how.answer_timeout = options.answer_timeout;
  try {
    how.secrets.push_back(
      options.box->open(to.secret_sealed, to.org_id, secret_field));
    if (!to.old_secret_sealed.empty())
      how.secrets.push_back(
        options.box->open(to.old_secret_sealed, to.org_id, old_secret_field));
    auto me = caf::actor_cast<webhook_sender_actor>(self);
    send_once(options.out(), what, how,
              [me](webhook_answered x) { caf::anon_send(me, std::move(x)); });
  } catch (const std::exception& e) {
    failed(e.what());
  }
}

void claim(pointer self) {
  auto& state = self->state;
  if (state.asking) {
    state.more = true;
    return;
  }
  auto& options = *state.options;
  auto room = options.concurrency - state.under_way;
  if (room <= 0)
    return;
  state.asking = true;
  state.more = false;
  auto on_claimed = [self, room](const std::vector<claimed_webhook>& all) {
    auto& state = self->state;
    state.asking = false;
    for (auto& x : all)
      send(self, x);
    if (state.more && static_cast<int64_t>(all.size()) < room)
      claim(self);
  };
  self
    ->request(options.store, patience,
              claim_webhooks{options.time_of_day(), lease, room})
    .then(on_claimed,
          [self](const caf::error&) { self->state.asking = false; });
}

void report(pointer self) {
  auto& options = *self->state.options;
  if (!options.report)
    return;
  self->request(options.store, patience, caf::get_atom_v)
    .then([tell = options.report](const webhook_backlog& x) { tell(x); },
          [](const caf::error&) {});
}

void look_again(pointer self) {
  auto& state = self->state;
  self->delayed_send(self, state.options->every, caf::timeout_atom_v,
                     ++state.look);
  if (state.look % looks_per_report == 1)
    report(self);
  claim(self);
}

} // namespace

std::string url_problem(std::string_view text, bool allow_private) {
  auto url = parse_url(text);
  if (!url || (url->scheme != "https" && url->scheme != "http"))
    return "the URL is not one of https://";
  if (url->scheme == "http" && !allow_private)
    return "the URL must begin with https://";
  if (url->userinfo)
    return "the URL must not hold a user or password";
  return text.size() > 2'000 ? "the URL is longer than 2000 characters" : "";
}

webhook_sender_actor::behavior_type
webhook_sender(pointer self, const sender_options& options) {
  self->state.options = options;
  look_again(self);
  return {
    [self](const webhook_answered& x) { on_answered(self, x); },
    [self](caf::timeout_atom, uint64_t look) {
      if (look == self->state.look)
        look_again(self);
    },
  };
}

} // namespace velox::webhooks

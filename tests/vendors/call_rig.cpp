#include "tests/vendors/call_rig.hpp"

#include "actors/call.hpp"
#include "actors/memory_ledger.hpp"
#include "protocol/json.hpp"
#include "protocol/type_ids.hpp"
#include "tests/support/vendors/vendor_certificates.hpp"

#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <rapidjson/document.h>

#include <future>
#include <set>
#include <stdexcept>
#include <thread>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

constexpr int64_t plenty = 1'000'000'000; ///< seconds of talk

/// The way out of the shard whose thread this is.
thread_local net::outbound_ptr way_out_here;

unix_ms time_of_day() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

agent_record test_agent() {
  agent_record x;
  x.id = "agent";
  x.org_id = "org";
  x.name = "Test";
  x.phone_number = "+15550100";
  return x;
}

} // namespace

call_rig::config::config() {
  add_message_types<caf::id_block::velox>();
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", size_t{2});
}

call_rig::call_rig(std::size_t shards)
  : store_(make_memory_database(test_agent())) {
  turns.end_of_turn = 50ms;
  turns.idle = 1min;
  limits.ghost = 1min;
  lines.greeting = "Hello there.";
  lines.trouble = "I have a problem.";
  std::vector<boost::asio::io_context*> contexts;
  for (std::size_t i = 0; i < shards; ++i) {
    shards_.push_back(std::make_unique<actors::shard>(system_, i));
    contexts.push_back(&shards_.back()->io());
  }
  net::outbound_options options;
  options.ca_file = vendor_ca_file();
  options.environment_proxy = false;
  outside_ = net::make_outbounds(options, contexts);
}

call_rig::~call_rig() {
  for (auto& x : store_->conversations)
    if (x.second.status == conversation_status::active && root_)
      hang_up({x.first, nullptr});
  wait_until_quiet();
  services_.reset();
  if (root_)
    caf::anon_send_exit(root_, caf::exit_reason::kill);
  root_ = nullptr;
  if (!eventually([this] { return system_.registry().running() == 0; }))
    system_.await_actors_before_shutdown(false);
  stop_outside();
  for (auto& x : shards_)
    x->post([] { way_out_here.reset(); });
  for (auto& x : shards_)
    x->stop();
  outside_.clear();
}

net::vendor call_rig::vendor(std::string url, std::string key) const {
  return {[] { return way_out_here; },
          [access = net::vendor_access{std::move(url), std::move(key)}] {
            return access;
          }};
}

// -- start

void call_rig::start() {
  settle_shards();
  spawn_engine();
  auto x = std::make_shared<actors::call_services>();
  x->registry = root_;
  x->store = root_;
  x->ledger = root_;
  x->gateways = root_;
  x->choose = [all = providers](const agent_record&, const agent_briefing&) {
    return all;
  };
  x->brief = [lines = lines, number = transfer_number](const agent_record&) {
    agent_briefing result;
    result.lines = lines;
    result.transfer_number = number;
    return result;
  };
  x->turns = turns;
  x->limits = limits;
  x->time_of_day = time_of_day;
  services_ = std::move(x);
}

void call_rig::settle_shards() {
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    shards_[i]->start();
    std::promise<void> done;
    shards_[i]->post([this, i, &done] {
      way_out_here = outside_[i];
      done.set_value();
    });
    done.get_future().wait();
  }
}

void call_rig::spawn_engine() {
  std::set<std::string> names;
  for (auto& x : providers.recognizers)
    names.insert(x.gateway);
  for (auto& x : providers.voices)
    names.insert(x.gateway);
  for (auto& x : providers.models)
    names.insert(x.gateway);
  actors::engine_options options;
  for (auto& name : names) {
    auto& gateway = options.gateways.emplace_back();
    gateway.provider = name;
    gateway.breaker = breaker;
  }
  options.make_store = [this] { return spawn_memory_store(system_, store_); };
  options.make_ledger
    = [this] { return system_.spawn(actors::memory_ledger, plenty); };
  root_ = system_.spawn(actors::engine, options);
  own_actors_ = 4 + names.size(); // root, registry, store, ledger
  if (!eventually(
        [this] { return system_.registry().running() == own_actors_; }))
    throw std::runtime_error("the engine does not start");
}

// -- calls

test_call call_rig::dial(mark_habit habit) {
  auto number = ++dialled_;
  test_call x{"CA" + std::to_string(number),
              std::make_shared<vendor_leg>(habit)};
  leg_start start;
  start.call_id = x.id;
  start.stream_id = "MZ" + std::to_string(number);
  start.agent_id = "agent";
  start.org_id = "org";
  start.caller = "+15550101";
  start.called = "+15550100";
  start.token_nonce = x.id;
  actors::spawn_on(*shards_[number % shards_.size()], system_, actors::call,
                   actors::call_options{start, x.leg, services_});
  return x;
}

test_call call_rig::dial_and_greet(mark_habit habit) {
  auto x = dial(habit);
  if (!wait_for_turn(x, 1))
    throw std::runtime_error("the caller was not greeted");
  return x;
}

bool call_rig::wait_for_turn(const test_call& x, uint64_t turn) {
  return eventually([&] {
    auto now = status(x);
    if (now.turn < turn || !said(x, turn))
      return false;
    for (auto& child : now.actors)
      if (child.name == "turn-taker")
        return child.doing == "listening";
    return false;
  });
}

/// Whether what the agent said in `turn` is known to its end, or to its cut.
bool call_rig::said(const test_call& x, uint64_t turn) {
  for (auto& y : messages(x))
    if (y.turn == turn && y.role == "assistant")
      return true;
  return false;
}

template <class Answer, class... Ts>
Answer call_rig::ask(const Ts&... xs) {
  caf::scoped_actor self{system_, true};
  Answer result{};
  self->request(root_, 5s, xs...)
    .receive([&](Answer& x) { result = std::move(x); },
             [](const caf::error&) {});
  return result;
}

bool call_rig::live(const test_call& x) {
  return ask<live_call>(find_call{x.id}).call != nullptr;
}

call_status call_rig::status(const test_call& x) {
  auto found = ask<live_call>(find_call{x.id});
  call_status result;
  if (!found.call)
    return result;
  caf::scoped_actor self{system_, true};
  self->request(found.call, 5s, caf::get_atom_v)
    .receive([&](call_status& y) { result = std::move(y); },
             [](const caf::error&) {});
  return result;
}

// -- what is stored

conversation_record call_rig::conversation(const test_call& x) {
  return ask<conversation_record>(find_conversation{x.id});
}

std::vector<message_record> call_rig::messages(const test_call& x) {
  return ask<std::vector<message_record>>(list_messages{"org", x.id});
}

std::vector<call_event> call_rig::events(const test_call& x) {
  return ask<std::vector<call_event>>(list_events{x.id, 0});
}

std::vector<std::string> call_rig::failures(const test_call& x) {
  std::vector<std::string> result;
  for (auto& event : events(x)) {
    rapidjson::Document detail;
    if (event.kind != "provider-failed"
        || read_json(event.detail, detail) != json_error::none)
      continue;
    auto provider = json_text(detail, "provider").value_or("");
    auto code = json_text(detail, "code").value_or("");
    result.push_back(std::string{provider} + ":" + std::string{code});
  }
  return result;
}

bool call_rig::wait_for_end(const test_call& x) {
  return eventually([&] {
    auto now = conversation(x);
    return !now.call_id.empty() && now.status != conversation_status::active;
  });
}

provider_status call_rig::gateway(const std::string& name) {
  for (auto& x : ask<std::vector<provider_status>>(list_providers{}))
    if (x.provider == name)
      return x;
  return {};
}

bool call_rig::hang_up(const test_call& x) {
  if (x.leg)
    x.leg->hang_up();
  else if (auto found = ask<live_call>(find_call{x.id}); found.call)
    caf::anon_send(found.call, end_call{});
  return wait_for_end(x);
}

// -- the house

net::outbound_counts call_rig::counts() const {
  net::outbound_counts result;
  for (auto& x : outside_) {
    auto y = x->counts();
    result.requests += y.requests;
    result.connections += y.connections;
    result.reused += y.reused;
    result.tls_handshakes += y.tls_handshakes;
    result.tls_resumed += y.tls_resumed;
    result.open += y.open;
  }
  return result;
}

bool call_rig::wait_until_quiet() {
  return eventually(
    [this] { return system_.registry().running() <= own_actors_; });
}

bool call_rig::stop_outside() {
  for (auto& x : outside_)
    x->stop();
  return eventually([this] { return counts().open == 0; });
}

} // namespace velox::test

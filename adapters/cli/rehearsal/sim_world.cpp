#include "adapters/cli/rehearsal/sim_world.hpp"

#include "actors/call.hpp"
#include "config/log.hpp"

#include <caf/actor_registry.hpp>

namespace velox::rehearsal {

namespace {

/// 2026-01-01T00:00:00Z.
constexpr unix_ms birthday = 1'767'225'600'000;

/// What an exception leaves behind. `exit_reason::kill` is not for children: it
/// passes their parent's exit handler by.
constexpr auto crash = caf::exit_reason::unhandled_exception;

std::string name_of(const char* stage, size_t number) {
  return std::string{stage} + "-" + std::to_string(number);
}

mishap luck_of(sim_book& book, const std::string& call_id, uint64_t tick) {
  auto first = book.tried.emplace(call_id, tick).second;
  return book.luck && first ? book.luck() : mishap::none;
}

/// Notes what `x` has added to the bill of its call.
template <class Piece>
void note(sim_book& book, const Piece& x, int64_t billed) {
  auto& before = book.billed[x.call_id];
  if (billed != before)
    book.booked.push_back({x.org_id, x.call_id, x.tick, billed - before, x.at});
  before = billed;
}

caf::result<talk_time>
charged(ledger_actor::pointer self, sim_book& book, const charge& x) {
  auto luck = luck_of(book, x.call_id, x.tick);
  if (luck == mishap::fail)
    return caf::make_error(errc::store_failed, std::string{"ledger drill"});
  auto left = book.arithmetic->book(x);
  if (!left)
    return caf::make_error(errc::not_found);
  note(book, x, left->billed_seconds);
  if (luck != mishap::lose)
    return *left;
  book.unanswered.push_back(self->make_response_promise<talk_time>());
  return book.unanswered.back();
}

caf::result<call_bill>
settled(ledger_actor::pointer self, sim_book& book, const settle_call& x) {
  auto luck = luck_of(book, x.call_id, x.tick);
  if (luck == mishap::fail)
    return caf::make_error(errc::store_failed, std::string{"ledger drill"});
  auto bill = book.arithmetic->settle(x);
  if (!bill)
    return caf::make_error(errc::not_found);
  note(book, x, bill->billed_seconds);
  if (luck != mishap::lose)
    return *bill;
  book.unsettled.push_back(self->make_response_promise<call_bill>());
  return book.unsettled.back();
}

ledger_actor::behavior_type
sim_ledger(ledger_actor::pointer self, sim_book_ptr book) {
  return {
    [book](const reserve_talk_time& x) -> caf::result<talk_time> {
      if (auto hold = book->arithmetic->reserve(x))
        return *hold;
      return caf::make_error(errc::out_of_credit);
    },
    [self, book](const charge& x) { return charged(self, *book, x); },
    [self, book](const settle_call& x) { return settled(self, *book, x); },
    [book](const release_talk_time& x) { book->arithmetic->release(x); },
    [book](const find_credit& x) { return book->arithmetic->of(x.org_id); },
    [](const list_quiet_calls&) { return quiet_calls{}; },
    [](const recover_call&) { return call_recovered{}; },
  };
}

recorder_actor::behavior_type
sim_recorder(recorder_actor::pointer self,
             std::shared_ptr<std::vector<sim_recording>> shelf, size_t place) {
  return {
    [shelf, place](const recorded_audio& x) {
      auto& one = shelf->at(place);
      (x.agent ? one.agent : one.caller) += milliseconds{x.mulaw.size() / 8};
    },
    [](const recording_cut&) {},
    [self, shelf, place](caf::close_atom,
                         int64_t length) -> caf::result<recording_done> {
      auto& one = shelf->at(place);
      one.length = milliseconds{length};
      one.finished = true;
      self->quit();
      return recording_done{"recording-" + std::to_string(place + 1), length};
    },
  };
}

/// Somebody at work: noise that no sentence could be taken for.
std::shared_ptr<const std::vector<uint8_t>>
background(const std::string& name) {
  if (name != "typing" && name != "office")
    return nullptr;
  auto result = std::make_shared<std::vector<uint8_t>>(8000);
  std::mt19937 random{7};
  for (auto& x : *result)
    x = static_cast<uint8_t>(0x60 + random() % 0x18);
  return result;
}

} // namespace

recorder_factory
sim_recorders(caf::actor_system& sys,
              std::shared_ptr<std::vector<sim_recording>> shelf) {
  return [&sys, shelf](const recording_options& options) -> recorder_actor {
    shelf->push_back({options.call_id, options.org_id});
    return sys.spawn(sim_recorder, shelf, shelf->size() - 1);
  };
}

ledger_actor spawn_sim_ledger(caf::actor_system& sys, sim_book_ptr book) {
  return sys.spawn(sim_ledger, std::move(book));
}

agent_record sim_agent() {
  agent_record result;
  result.id = "agent";
  result.org_id = "org";
  result.name = "Sim";
  result.phone_number = "+15550199";
  return result;
}

sim_world::sim_world(world_plan plan)
  : db(make_memory_database(plan.agent)),
    book(std::make_shared<sim_book>(plan.credit, plan.reservation)),
    agent_(plan.agent), epoch_(time.now()) {
  config::log().set_level(spdlog::level::off);
  actors::engine_options options;
  options.admission = plan.admission;
  options.make_store
    = [this] { return store_ = spawn_memory_store(time.sys, db); };
  options.make_ledger
    = [this] { return ledger_ = spawn_sim_ledger(time.sys, book); };
  engine = time.sys.spawn(actors::engine, options);
  time.settle();
  services_ = make_services(plan);
  engine_actors_ = time.sys.registry().running();
}

sim_world::~sim_world() {
  time.shuffle_with = nullptr; // it may be gone already
  for (auto& call : calls)
    if (call->handle)
      caf::anon_send_exit(call->handle, caf::exit_reason::kill);
  caf::anon_send_exit(engine, caf::exit_reason::kill);
  time.settle();
  store_ = nullptr;
  ledger_ = nullptr;
  time.agenda.clear();
}

std::shared_ptr<actors::call_services>
sim_world::make_services(const world_plan& plan) {
  auto result = std::make_shared<actors::call_services>();
  result->registry = engine;
  result->store = engine;
  result->ledger = engine;
  auto of
    = [stages = stages_](const std::string& call) { return stages->at(call); };
  result->choose = [of, plan](const agent_record&, const agent_briefing&) {
    call_providers all;
    for (size_t n = 1; n <= plan.recognisers; ++n)
      all.recognizers.push_back(
        {name_of("stt", n), "",
         [of, n](const recognizer_options& x, auto client) {
           return make_sim_recognizer(of(x.call_id), std::move(client), n);
         }});
    for (size_t n = 1; n <= plan.synthesisers; ++n)
      all.voices.push_back({name_of("tts", n), "",
                            [of, n](const synthesizer_options& x, auto client) {
                              return make_sim_synthesizer(of(x.call_id),
                                                          std::move(client), n);
                            }});
    for (size_t n = 1; n <= plan.models; ++n)
      all.models.push_back(
        {name_of("llm", n), "",
         [of, n](const language_model_options& x, auto client) {
           return make_sim_model(of(x.call_id), std::move(client), n);
         }});
    return all;
  };
  result->brief = plan.brief;
  if (!result->brief)
    result->brief = [](const agent_record&) { return agent_briefing{}; };
  result->tools = plan.tools;
  result->record = sim_recorders(time.sys, recordings);
  result->background = background;
  result->turns = plan.turns;
  result->limits = plan.limits;
  result->counters.ended = [this](end_reason why) { ++ended[why]; };
  result->time_of_day = [this] { return unix_time(time.now()); };
  return result;
}

unix_ms sim_world::unix_time(virtual_world::time_point at) const {
  return birthday
         + std::chrono::duration_cast<milliseconds>(at - epoch_).count();
}

sim_call& sim_world::place(call_plan plan) {
  auto call = std::make_unique<sim_call>();
  call->carrier
    = std::make_shared<sim_carrier>(time, plan.line, plan.seed * 31 + 7);
  call->caller
    = std::make_unique<sim_caller>(time, *call->carrier, plan.script);
  call->stages = std::make_shared<sim_stage_world>(time, plan.seed * 17 + 3);
  call->stages->words = call->caller->words();
  call->stages->texts = call->carrier->texts();
  (*stages_)[plan.call_id] = call->stages;
  call->began = time.now();
  actors::call_options options;
  options.start.call_id = plan.call_id;
  options.start.stream_id = "MZ" + plan.call_id;
  options.start.agent_id = agent_.id;
  options.start.org_id = agent_.org_id;
  options.start.caller = plan.outbound ? agent_.phone_number : "anonymous";
  options.start.called = plan.outbound ? "+15550142" : agent_.phone_number;
  options.start.outbound = plan.outbound;
  options.start.token_nonce = plan.nonce.empty() ? plan.call_id : plan.nonce;
  options.start.resumed = plan.resumed;
  options.leg = call->carrier;
  options.services = services_;
  call->plan = std::move(plan);
  call->handle = time.sys.spawn(actors::call, options);
  auto* actor = caf::actor_cast<caf::abstract_actor*>(call->handle);
  actor->attach_functor([this, x = call.get()](const caf::error& why) {
    x->ended = time.now();
    x->exit = why;
  });
  call->caller->connect();
  calls.push_back(std::move(call));
  return *calls.back();
}

bool sim_world::run_until_over(caf::timespan span) {
  auto until = time.now() + span;
  auto over = [this] {
    return std::all_of(calls.begin(), calls.end(),
                       [](auto& x) { return x->ended.has_value(); });
  };
  while (!over() && time.now() < until)
    run(std::min<caf::timespan>(seconds{1}, until - time.now()));
  for (auto& x : calls)
    if (x->ended)
      x->handle = nullptr;
  return over();
}

void sim_world::kill_store() {
  caf::anon_send_exit(store_, crash);
}

void sim_world::kill_ledger() {
  caf::anon_send_exit(ledger_, crash);
}

void sim_world::spend_credit() {
  auto left = book->arithmetic->of(agent_.org_id).credit_seconds;
  book->arithmetic->withdraw(agent_.org_id, left,
                             "spent-" + std::to_string(++spent_));
}

void sim_world::kill_registry() {
  caf::scoped_actor self{time.sys, true};
  auto request = self->request(engine, caf::infinite, caf::get_atom_v);
  time.settle();
  request.receive(
    [&](const registry_status&) {
      caf::anon_send_exit(caf::actor_cast<caf::actor>(self->current_sender()),
                          crash);
    },
    [](const caf::error&) {});
}

void sim_world::kill_child(sim_call& call, const std::string& child) {
  if (!call.ended)
    caf::anon_send(call.handle, velox::kill_child{child});
}

uint64_t sim_world::slots() {
  caf::scoped_actor self{time.sys, true};
  uint64_t result = 0;
  auto request = self->request(engine, caf::infinite, caf::get_atom_v);
  time.settle();
  request.receive([&](const registry_status& x) { result = x.live_calls; },
                  [](const caf::error&) {});
  return result;
}

size_t sim_world::alive() {
  return time.sys.registry().running() - engine_actors_;
}

} // namespace velox::rehearsal

#include "tests/calls/simulated_call.hpp"

namespace velox::test {

namespace {

using act = caller_step::act;
using moment = caller_step::moment;

constexpr const char* children[]
  = {"stt",    "turn-taker",     "llm",           "tts",
     "stream", "billing-ticker", "ghost-timeout", "deadline"};

} // namespace

simulation::simulation(uint64_t seed)
  : seed_(seed), random_(seed * 2654435761u + 1), order_(seed + 77) {
  draw_world();
  world_ = std::make_unique<sim_world>(plan_);
  if (chance(0.9))
    world_->time.shuffle_with = &order_;
  auto calls = 1 + below(3);
  call_troubles_.resize(calls);
  for (size_t i = 0; i < calls; ++i) {
    draw_luck(world_->place(draw_call(i)));
    draw_kills(i);
    world_->run(between(milliseconds{0}, milliseconds{4000}));
  }
  draw_engine_trouble();
  auto& limits = plan_.limits;
  world_->run_until_over(limits.max_duration + 2 * limits.grace + limits.goodbye
                         + 6 * limits.answer_due);
  world_->run(seconds{20}); // for what the dead leave behind
}

void simulation::draw_world() {
  plan_.limits.max_duration = between(seconds{15}, seconds{90});
  plan_.limits.tick = chance(0.5) ? seconds{5} : seconds{30};
  if (!chance(0.9))
    plan_.turns.interrupts = interruption::never;
  // A listener's words may be dropped, and these callers mean what they say.
  plan_.turns.backchannels = {"mm-hm"};
  trouble_.small_credit = chance(0.15);
  if (trouble_.small_credit)
    plan_.credit = static_cast<int64_t>(10 + below(60));
}

call_plan simulation::draw_call(size_t number) {
  static constexpr const char* lines[]
    = {"yes",
       "a table for two please",
       "no wait",
       "what time do you open",
       "I would like an appointment with the doctor tomorrow at seven",
       "thank you",
       "can you say that again",
       "my name is Ada"};
  call_plan result;
  result.call_id = "CA" + std::to_string(number + 1);
  result.seed = random_();
  result.line.uplink = between(milliseconds{1}, milliseconds{150});
  result.line.downlink = between(milliseconds{1}, milliseconds{150});
  result.line.jitter = chance(0.5)
                         ? milliseconds{0}
                         : between(milliseconds{1}, milliseconds{300});
  auto lost = random_() % 10;
  result.line.marks_lost = lost < 7 ? 0 : lost < 9 ? 0.3 : 1;
  for (auto steps = below(6); steps > 0; --steps) {
    caller_step x;
    auto dice = below(10);
    x.what = dice < 7 ? act::say : dice < 9 ? act::noise : act::keys;
    x.when = static_cast<moment>(below(4));
    x.wait = between(milliseconds{0}, milliseconds{3000});
    x.text = x.what == act::keys ? "42#" : lines[below(std::size(lines))];
    x.length = between(milliseconds{200}, milliseconds{2600});
    result.script.push_back(x);
  }
  auto end = below(10);
  caller_step last;
  last.what = end < 5 ? act::hang_up : end < 7 ? act::drop_wire : act::die;
  last.when = static_cast<moment>(below(4));
  last.wait = between(milliseconds{0}, milliseconds{9000});
  if (end < 9) // else just silent
    result.script.push_back(last);
  return result;
}

void simulation::draw_luck(sim_call& call) {
  auto& x = *call.stages;
  x.hangs_up = 0.08;
  x.transfers = 0.05;
  x.stalls = chance(0.3) ? 0.1 : 0;
  x.slowest = between(milliseconds{50}, milliseconds{1500});
  for (auto* luck : {&x.recogniser, &x.synthesiser, &x.model}) {
    luck->bad = chance(0.3) ? 0.3 : 0;
    luck->most = 1 + below(3);
  }
}

void simulation::draw_kills(size_t number) {
  auto kills = chance(0.4) ? 1 + below(3) : 0;
  for (; kills > 0; --kills) {
    std::string child = children[below(std::size(children))];
    auto when = world_->time.now() + between(seconds{0}, seconds{40});
    world_->time.at(when, [this, number, when, child] {
      auto& call = *world_->calls[number];
      if (call.ended)
        return;
      call_troubles_[number].kills.emplace_back(when, child);
      world_->kill_child(call, child);
    });
  }
  if (chance(0.08)) {
    auto when = world_->time.now() + between(seconds{0}, seconds{40});
    auto exit = chance(0.3);
    world_->time.at(when, [this, number, when, exit] {
      auto& call = *world_->calls[number];
      if (call.ended)
        return;
      call_troubles_[number].ordered_to_end = when;
      if (exit)
        caf::anon_send_exit(call.handle, caf::exit_reason::user_shutdown);
      else
        caf::anon_send(call.handle, end_call{});
    });
  }
}

void simulation::draw_engine_trouble() {
  auto& time = world_->time;
  auto soon = [this] { return between(seconds{0}, seconds{40}); };
  if (chance(0.2)) {
    auto from = time.now() + soon();
    auto until = from + between(milliseconds{500}, seconds{8});
    auto slow = chance(0.5);
    auto delay = between(milliseconds{200}, seconds{6});
    trouble_.store.emplace(from, until + (slow ? seconds{20} : seconds{0}));
    time.at(from, [this, slow, delay] {
      if (slow)
        world_->db->delay = delay;
      else
        world_->db->fault = store_is_down;
    });
    time.at(until, [this] {
      world_->db->delay = caf::timespan{0};
      world_->db->fault = nullptr;
    });
  }
  if (chance(0.1)) {
    auto at = time.now() + soon();
    if (!trouble_.store)
      trouble_.store.emplace(at, at + seconds{1});
    time.at(at, [this] { kill(&sim_world::kill_store); });
  }
  if (chance(0.15)) {
    trouble_.ledger = true;
    time.after(soon(), [this] { kill(&sim_world::kill_ledger); });
  }
  if (chance(0.15)) {
    trouble_.ledger = true;
    auto luck = std::make_shared<std::mt19937_64>(random_());
    world_->book->luck = [luck] {
      auto dice = (*luck)() % 10;
      return dice == 0 ? mishap::fail : dice == 1 ? mishap::lose : mishap::none;
    };
  }
  if (chance(0.15)) {
    trouble_.registry = true;
    time.after(soon(), [this] { kill(&sim_world::kill_registry); });
  }
}

/// When the last call is over, everybody shall be there to be counted.
void simulation::kill(void (sim_world::*part)()) {
  for (auto& x : world_->calls) {
    if (!x->ended) {
      (world_.get()->*part)();
      return;
    }
  }
}

std::vector<std::string> simulation::broken_promises() {
  std::vector<std::string> broken;
  for (size_t i = 0; i < world_->calls.size(); ++i) {
    auto& call = *world_->calls[i];
    std::vector<std::string> own;
    call_file file{*world_, call, plan_, trouble_, call_troubles_[i]};
    for (auto* check :
         {check_end, check_wire, check_heard, check_answers, check_money,
          check_silence, check_log, check_history, check_words})
      check(file, own);
    for (auto& x : call.stages->surprises)
      own.push_back("(d) " + x);
    for (auto& x : own)
      broken.push_back(call.plan.call_id + " " + x);
  }
  if (auto alive = world_->alive(); alive != 0)
    broken.push_back("(f) " + std::to_string(alive) + " actors live on");
  if (auto slots = world_->slots(); slots != 0)
    broken.push_back("(f) " + std::to_string(slots) + " slots are taken");
  return broken;
}

} // namespace velox::test

#include "actors/llm.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <utility>

/// Which model is asked: one after the other as they fail, a rival beside one
/// that is slow.

namespace velox::actors {

namespace {

/// The timers of an attempt, in the lowest bit of their number.
constexpr uint64_t hedge = 0;
constexpr uint64_t overdue = 1;

uint64_t timer(uint32_t attempt, uint64_t kind) {
  return uint64_t{attempt} << 1 | kind;
}

} // namespace

language_model& llm_state::session(size_t model) {
  auto& found = sessions[model];
  if (!found)
    found = options.menu.models.all.at(model).make(
      options.model, caf::actor_cast<answer_client_actor>(self));
  return *found;
}

void llm_state::ask_next() {
  if (next_in_order >= order.size()) {
    if (!attempts.empty())
      return; // somebody is still at it
    answering = false;
    self->now_doing("failed");
    // Thinking ahead is nobody's business: the real prompt asks again.
    if (!std::exchange(speculating, false))
      self->send(call, stage_failed{"llm"});
    return;
  }
  auto model = order[next_in_order++];
  auto number = ++last_attempt;
  attempts.push_back({number, model, {}, false});
  auto& gateways = options.menu.models.gateways;
  take_place(
    self, gateways, options.menu.models.all.at(model).gateway,
    [this, number](provider_place place) { ask(number, std::move(place)); },
    [this, number] {
      if (!find(number))
        return;
      std::erase_if(attempts, [&](auto& x) { return x.number == number; });
      ask_next();
    });
}

void llm_state::ask(uint32_t number, provider_place place) {
  auto* one = find(number);
  if (!one) { // the turn is over, or somebody was faster
    place.leave(self, options.menu.models.gateways);
    return;
  }
  one->place = std::move(place);
  one->asked = true;
  auto x = asked;
  x.attempt = number;
  if (options.hedge_after > caf::timespan{0})
    wake(self, options.hedge_after, timer(number, hedge));
  wake(self, options.first_token_due, timer(number, overdue));
  session(one->model).answer(x);
}

llm_state::attempt* llm_state::find(uint32_t number) {
  // A session that does not count attempts means the last one.
  if (number == 0)
    number = winner != 0 ? winner : last_attempt;
  auto i = std::find_if(attempts.begin(), attempts.end(),
                        [&](auto& x) { return x.number == number; });
  return i == attempts.end() ? nullptr : &*i;
}

/// The first to say something answers; the others may stop.
bool llm_state::wins(uint32_t number) {
  auto* one = find(number);
  if (!one)
    return false;
  if (winner != 0)
    return one->number == winner;
  winner = one->number;
  one->place.worked(self, options.menu.models.gateways);
  std::vector<uint32_t> losers;
  for (auto& x : attempts)
    if (x.number != winner)
      losers.push_back(x.number);
  for (auto x : losers)
    drop(x);
  return true;
}

void llm_state::drop(uint32_t number) {
  auto* one = find(number);
  if (!one)
    return;
  if (one->asked && speculating)
    sessions.erase(one->model); // this turn is asked again: it is not cancelled
  else if (one->asked)
    session(one->model).cancel(turn);
  one->place.leave(self, options.menu.models.gateways);
  std::erase_if(attempts, [&](auto& x) { return x.number == number; });
}

void llm_state::drop_all() {
  while (!attempts.empty())
    drop(attempts.back().number);
  winner = 0;
}

void llm_state::on_failure(const provider_failed& x) {
  auto* one = answering ? find(x.attempt) : nullptr;
  if (!one)
    return;
  auto failed = *one;
  std::erase_if(attempts, [&](auto& y) { return y.number == failed.number; });
  failed.place.failed(self, options.menu.models.gateways, x);
  auto& name = options.menu.models.all.at(failed.model).name;
  self->send(call, provider_failure(name, x));
  sessions.erase(failed.model);
  if (failed.number == winner) {
    // The next one goes on behind the last whole sentence.
    winner = 0;
    auto& so_far = asked.said_so_far;
    if (!said.empty())
      so_far += (so_far.empty() ? "" : " ") + said;
    said.clear();
    asked.first_sentence = next_sentence;
    splitter = sentence_splitter{speech_rules};
    open_calls.clear();
    held_calls.reset();
  }
  auto lost
    = x.code == provider_errc::broken || x.code == provider_errc::unreachable;
  auto alone = order.size() == 1 && x.code == provider_errc::timed_out;
  if ((lost || alone) && !retried) {
    retried = true;
    order.push_back(failed.model); // once more, behind the others
  }
  if (attempts.empty())
    ask_next();
}

void llm_state::on_timer(uint64_t number) {
  if (number & tool_timer) {
    give_up_tools(number & ~tool_timer);
    return;
  }
  auto attempt = static_cast<uint32_t>(number >> 1);
  auto* one = attempt == 0 ? nullptr : find(attempt);
  if (!answering || !one || winner != 0)
    return;
  if ((number & 1) == overdue) {
    session(one->model).cancel(turn);
    provider_failed x{"llm", "no first token in time"};
    x.code = provider_errc::timed_out;
    x.attempt = attempt;
    on_failure(x);
  } else if (attempts.size() == 1 && next_in_order < order.size()) {
    auto& slow = options.menu.models.all.at(one->model).name;
    self->send(call, log_entry{"model-hedged", turn,
                               json_object{}.add("slow", slow).str()});
    ask_next();
  }
}

} // namespace velox::actors

#include "actors/memory_ledger.hpp"

#include "protocol/errc.hpp"

#include <algorithm>
#include <memory>

namespace velox::actors {

namespace {

int64_t seconds_between(unix_ms from, unix_ms to) {
  return to <= from ? 0 : (to - from + 999) / 1000;
}

std::string
key_of(const std::string& call_id, const char* what, uint64_t tick) {
  return "call:" + call_id + ":" + what + ":" + std::to_string(tick);
}

template <class T>
caf::result<T> answer(std::optional<T> x, errc otherwise) {
  if (x)
    return std::move(*x);
  return caf::make_error(otherwise);
}

} // namespace

// -- accounts
// ------------------------------------------------------------------

talk_accounts& talk_time_book::accounts(const std::string& org_id) {
  return organisations_.try_emplace(org_id, talk_accounts{initial_})
    .first->second;
}

talk_credit talk_time_book::of(const std::string& org_id) {
  auto& has = accounts(org_id);
  return {has.credit, has.reserved, has.owed, has.credit > 0 && has.owed == 0};
}

bool talk_time_book::is_new(const std::string& org_id, const std::string& key) {
  return keys_.emplace(org_id, key).second;
}

void talk_time_book::apply(const std::string& org_id, const talk_entry& entry) {
  auto& has = accounts(org_id);
  has = after(has, entry.postings);
}

talk_credit talk_time_book::grant(const std::string& org_id, int64_t seconds,
                                  const std::string& key) {
  if (is_new(org_id, key))
    apply(org_id, grant_talk(accounts(org_id), seconds));
  return of(org_id);
}

talk_credit talk_time_book::withdraw(const std::string& org_id, int64_t seconds,
                                     const std::string& key) {
  if (is_new(org_id, key))
    apply(org_id, withdraw_talk(accounts(org_id), seconds));
  return of(org_id);
}

// -- calls
// ---------------------------------------------------------------------

std::optional<talk_time> talk_time_book::reserve(const reserve_talk_time& x) {
  auto& call = calls_[x.call_id];
  if (!call.org_id.empty() && call.org_id != x.org_id)
    return std::nullopt;
  auto begun = call.leg_started_at != 0;
  if (call.open && x.connected && begun && call.leg != x.leg) {
    auto talked = seconds_between(call.leg_started_at, call.last_tick);
    close(call,
          std::max<int64_t>(talked - (call.account.talked - call.leg_base), 0));
  }
  if (call.open) {
    if (x.connected && call.leg_started_at == 0) {
      call.leg = x.leg;
      call.leg_started_at = x.at;
    }
    return time_of(call);
  }
  if (!of(x.org_id).open) {
    if (call.org_id.empty())
      calls_.erase(x.call_id);
    return std::nullopt;
  }
  if (call.org_id.empty())
    call.account.rule = rule_;
  call.org_id = x.org_id;
  call.open = true;
  call.leg = x.leg;
  call.leg_started_at = x.connected ? x.at : 0;
  call.leg_base = call.account.talked;
  apply(x.org_id, reserve_talk(accounts(x.org_id), call.account, reservation_));
  return time_of(call);
}

std::optional<talk_time> talk_time_book::book(const charge& x) {
  auto* call = known(x.org_id, x.call_id);
  if (!call || x.seconds < 0)
    return std::nullopt;
  if (call->open && x.at < call->leg_started_at)
    return time_of(*call);
  if (!is_new(x.org_id, key_of(x.call_id, "tick", x.tick)))
    return time_of(*call);
  auto seconds = not_billed(*call, x.seconds, x.at);
  call->open = true;
  call->last_tick = std::max(call->last_tick, x.at);
  apply(x.org_id,
        charge_talk(accounts(x.org_id), call->account, seconds, reservation_));
  return time_of(*call);
}

std::optional<call_bill> talk_time_book::settle(const settle_call& x) {
  auto* call = known(x.org_id, x.call_id);
  if (!call || x.seconds < 0)
    return std::nullopt;
  auto earlier = call->open && x.at < call->leg_started_at;
  if (!earlier && is_new(x.org_id, key_of(x.call_id, "settle", x.tick)))
    close(*call, not_billed(*call, x.seconds, x.at));
  return call_bill{call->account.talked, call->account.billed};
}

void talk_time_book::release(const release_talk_time& x) {
  auto* call = known(x.org_id, x.call_id);
  if (call && call->open && call->leg == x.leg && call->leg_started_at == 0)
    close(*call, 0);
}

talk_time_book::call_state*
talk_time_book::known(const std::string& org_id, const std::string& call_id) {
  auto i = calls_.find(call_id);
  return i != calls_.end() && i->second.org_id == org_id ? &i->second : nullptr;
}

int64_t talk_time_book::not_billed(const call_state& call, int64_t seconds,
                                   unix_ms at) const {
  if (call.open || call.leg_started_at == 0)
    return seconds;
  auto talked = seconds_between(call.leg_started_at, at);
  return std::clamp<int64_t>(talked - (call.account.talked - call.leg_base), 0,
                             seconds);
}

void talk_time_book::close(call_state& call, int64_t seconds) {
  apply(call.org_id, settle_talk(accounts(call.org_id), call.account, seconds));
  call.open = false;
}

talk_time talk_time_book::time_of(const call_state& call) {
  return {call.account.held, accounts(call.org_id).credit, call.account.billed};
}

// -- the actor
// -----------------------------------------------------------------

ledger_actor::behavior_type
memory_ledger(ledger_actor::pointer, int64_t initial_seconds) {
  return serve(std::make_shared<talk_time_book>(initial_seconds));
}

ledger_actor::behavior_type serve(std::shared_ptr<talk_time_book> book) {
  return {
    [book](const reserve_talk_time& x) {
      return answer(book->reserve(x), errc::out_of_credit);
    },
    [book](const charge& x) { return answer(book->book(x), errc::not_found); },
    [book](const settle_call& x) {
      return answer(book->settle(x), errc::not_found);
    },
    [book](const release_talk_time& x) { book->release(x); },
    [book](const find_credit& x) { return book->of(x.org_id); },
    // What is in memory has no past to recover from.
    [](const list_quiet_calls&) { return quiet_calls{}; },
    [](const recover_call&) { return call_recovered{}; },
  };
}

} // namespace velox::actors

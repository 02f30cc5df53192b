#include "persistence/ledger.hpp"

#include "persistence/conversations.hpp"
#include "persistence/ledger_rows.hpp"
#include "persistence/retry.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace velox::persistence {

namespace {

std::string key_of(std::string_view call_id, const char* what, auto number) {
  return "call:" + std::string{call_id} + ":" + what + ":"
         + std::to_string(number);
}

void insist_on_amount(int64_t seconds, const char* field) {
  if (seconds < 0)
    throw database_error{failure::constraint,
                         std::string{field} + ": must be 0 or more"};
}

talk_credit credit_of(const organisation_account& x) {
  return {x.has.credit, x.has.reserved, x.has.owed,
          x.has.credit > 0 && x.has.owed == 0 && !x.deleted};
}

/// Whole seconds between two moments, begun ones included.
int64_t seconds_between(unix_ms from, unix_ms to) {
  return to <= from ? 0 : (to - from + 999) / 1000;
}

/// Talk that was over at `at` belongs to a leg that has been settled.
bool is_of_earlier_leg(const call_reservation& x, unix_ms at) {
  return x.open && at < x.leg_started_at;
}

/// Somebody took the call for dead and settled it from its log, but it goes on:
/// how much of `seconds`, which were over at `at`, was not in that bill.
int64_t not_billed(const call_reservation& x, int64_t seconds, unix_ms at) {
  if (x.open || x.leg_started_at == 0)
    return seconds;
  auto talked = seconds_between(x.leg_started_at, at);
  return std::clamp<int64_t>(talked - (x.account.talked - x.leg_base), 0,
                             seconds);
}

} // namespace

/// Runs `work`, one transaction, until it has not lost a race. Who has lost one
/// locks the organisation first from then on: where many book at once, one
/// after another is faster than all against all.
template <class F>
auto ledger::attempt(F work) -> decltype(work()) {
  bool again = false;
  return with_retries([&] {
    alone_ = std::exchange(again, true);
    return work();
  });
}

talk_credit
ledger::grant(std::string_view org_id, int64_t seconds, std::string_view key,
              std::string_view note, unix_ms at) {
  insist_on_amount(seconds, "grant.seconds");
  return add(org_id, key, "grant", note, at, grant_talk, seconds);
}

talk_credit
ledger::withdraw(std::string_view org_id, int64_t seconds, std::string_view key,
                 std::string_view note, unix_ms at) {
  insist_on_amount(seconds, "withdraw.seconds");
  return add(org_id, key, "withdraw", note, at, withdraw_talk, seconds);
}

talk_credit
ledger::add(std::string_view org_id, std::string_view key,
            std::string_view kind, std::string_view note, unix_ms at,
            talk_entry (*make)(const talk_accounts&, int64_t),
            int64_t seconds) {
  return attempt([&] {
    std::optional<transaction> locked;
    if (alone_)
      locked.emplace(db_);
    ledger_rows rows{db_};
    auto org = rows.organisation(org_id, alone_);
    if (rows.knows(org_id, key))
      return credit_of(org);
    rows.add_accounts(org_id);
    auto place = "ledger." + std::string{kind};
    org.has = rows.book({.org_id = org_id,
                         .key = std::string{key},
                         .kind = kind,
                         .at = at,
                         .note = note},
                        make(org.has, seconds), org, {}, locked ? "" : place);
    if (locked)
      locked->commit(place);
    return credit_of(org);
  });
}

talk_credit ledger::find(std::string_view org_id) {
  return credit_of(ledger_rows{db_}.organisation(org_id));
}

// -- a call begins
// ---------------------------------------------------------------

std::optional<talk_time>
ledger::reserve(std::string_view org_id, std::string_view call_id, unix_ms at,
                std::string_view leg) {
  return begin(org_id, call_id, at, leg, moment::ringing);
}

std::optional<talk_time>
ledger::connect(std::string_view org_id, std::string_view call_id, unix_ms at,
                std::string_view leg) {
  return begin(org_id, call_id, at, leg, moment::connected);
}

std::optional<talk_time>
ledger::begin(std::string_view org_id, std::string_view call_id, unix_ms at,
              std::string_view leg, moment when) {
  return attempt([&]() -> std::optional<talk_time> {
    transaction all{db_};
    ledger_rows rows{db_};
    auto known = rows.reservation(call_id);
    if (known && known->org_id != org_id)
      throw not_found{"the call belongs to another organisation"};
    auto connected = when == moment::connected;
    auto leg_begun = known && known->leg_started_at != 0;
    // The media socket has its admission: whoever carried the call before does
    // so no more.
    if (known && known->open && connected && leg_begun && known->leg != leg) {
      close_by_log(*known, at);
      known = rows.reservation(call_id);
    }
    std::optional<talk_time> result;
    if (known && known->open) {
      if (connected && !leg_begun) {
        auto now = *known;
        now.leg = leg;
        now.leg_started_at = at;
        rows.change(*known, now, at);
      }
      result = time_of(*known);
    } else {
      call_reservation fresh;
      fresh.call_id = call_id;
      fresh.org_id = org_id;
      fresh.open = true;
      fresh.leg = leg;
      fresh.leg_started_at = connected ? at : 0;
      fresh.opened_at = at;
      result = open_leg(known, std::move(fresh));
    }
    all.commit("ledger.reserve");
    return result;
  });
}

std::optional<talk_time>
ledger::open_leg(const std::optional<call_reservation>& old,
                 call_reservation fresh) {
  ledger_rows rows{db_};
  auto org = rows.organisation(fresh.org_id, alone_);
  if (!credit_of(org).open)
    return std::nullopt;
  if (old) {
    fresh.account = old->account;
    fresh.leg_base = old->account.talked;
  } else {
    fresh.account.rule = org.rule;
  }
  auto entry
    = reserve_talk(org.has, fresh.account, options_.reservation_seconds);
  if (!old)
    rows.add_accounts(fresh.org_id);
  auto number = rows.count(fresh.org_id, fresh.call_id, "reserve") + 1;
  auto has = rows.book({.org_id = fresh.org_id,
                        .key = key_of(fresh.call_id, "reserve", number),
                        .kind = "reserve",
                        .call_id = fresh.call_id,
                        .at = fresh.opened_at},
                       entry, org, {old ? &*old : nullptr, &fresh});
  return talk_time{fresh.account.held, has.credit, fresh.account.billed};
}

// -- while it lasts, and its end
// -------------------------------------------------

talk_time ledger::charge(std::string_view org_id, std::string_view call_id,
                         uint64_t tick, int64_t seconds, unix_ms at) {
  insist_on_amount(seconds, "charge.seconds");
  return attempt([&] {
    std::optional<transaction> locked;
    if (alone_)
      locked.emplace(db_);
    ledger_rows rows{db_};
    auto org = rows.organisation(org_id, alone_);
    auto old = owned(org_id, call_id);
    auto key = key_of(call_id, "tick", tick);
    if (rows.knows(org_id, key) || is_of_earlier_leg(old, at))
      return time_of(old);
    auto now = old;
    now.open = true;
    auto entry = charge_talk(org.has, now.account, not_billed(old, seconds, at),
                             options_.reservation_seconds);
    // All that was read is a condition of what is written.
    std::string_view place = "ledger.charge";
    auto has = rows.book({.org_id = org_id,
                          .key = std::move(key),
                          .kind = "tick",
                          .call_id = call_id,
                          .tick = tick,
                          .at = at},
                         entry, org, {&old, &now}, locked ? "" : place);
    if (locked)
      locked->commit(place);
    return talk_time{now.account.held, has.credit, now.account.billed};
  });
}

call_bill ledger::settle(std::string_view org_id, std::string_view call_id,
                         uint64_t tick, int64_t seconds, unix_ms at) {
  insist_on_amount(seconds, "settle.seconds");
  return attempt([&] {
    transaction all{db_};
    auto old = owned(org_id, call_id);
    auto key = key_of(call_id, "settle", tick);
    if (!ledger_rows{db_}.knows(org_id, key) && !is_of_earlier_leg(old, at))
      old.account = close(old, std::move(key), tick,
                          not_billed(old, seconds, at), at, "");
    all.commit("ledger.settle");
    return call_bill{old.account.talked, old.account.billed};
  });
}

bool ledger::release(std::string_view org_id, std::string_view call_id,
                     std::string_view leg, unix_ms at) {
  return attempt([&] {
    transaction all{db_};
    auto old = owned(org_id, call_id);
    if (!old.open || old.leg != leg || old.leg_started_at != 0)
      return false;
    close_by_log(old, at);
    all.commit("ledger.settle");
    return true;
  });
}

bool ledger::settle_from_log(std::string_view call_id, unix_ms now) {
  return attempt([&] {
    transaction all{db_};
    auto old = ledger_rows{db_}.reservation(call_id);
    if (!old || !old->open)
      return false;
    close_by_log(*old, now);
    all.commit("ledger.settle");
    return true;
  });
}

/// The talk of a leg is what its log and its ticks prove.
void ledger::close_by_log(const call_reservation& old, unix_ms at) {
  int64_t seconds = 0;
  ledger_rows rows{db_};
  if (old.leg_started_at != 0) {
    auto last = std::max(conversations{db_}.last_event(old.call_id),
                         rows.last_tick(old.org_id, old.call_id));
    auto talked = seconds_between(old.leg_started_at, last);
    seconds
      = std::max<int64_t>(talked - (old.account.talked - old.leg_base), 0);
  }
  auto number = rows.count(old.org_id, old.call_id, "settle") + 1;
  close(old, key_of(old.call_id, "settle-from-log", number), 0, seconds, at,
        old.leg_started_at == 0 ? "its media socket never started"
                                : "from the call log");
}

call_account
ledger::close(const call_reservation& old, std::string key, uint64_t tick,
              int64_t seconds, unix_ms at, std::string_view note) {
  ledger_rows rows{db_};
  auto now = old;
  now.open = false;
  auto org = rows.organisation(old.org_id, alone_);
  auto entry = settle_talk(org.has, now.account, seconds);
  rows.book({.org_id = old.org_id,
             .key = std::move(key),
             .kind = "settle",
             .call_id = old.call_id,
             .tick = tick,
             .at = at,
             .note = note},
            entry, org, {&old, &now});
  conversations{db_}.settled(old.call_id);
  return now.account;
}

/// Throws not_found unless the call is known, and the organisation's.
call_reservation
ledger::owned(std::string_view org_id, std::string_view call_id) {
  auto result = ledger_rows{db_}.reservation(call_id);
  if (!result || result->org_id != org_id)
    throw not_found{"the organisation has reserved nothing for this call"};
  return *result;
}

talk_time ledger::time_of(const call_reservation& x) {
  auto org = ledger_rows{db_}.organisation(x.org_id);
  return {x.account.held, org.has.credit, x.account.billed};
}

} // namespace velox::persistence

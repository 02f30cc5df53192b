#pragma once

#include "protocol/interfaces.hpp"
#include "protocol/talk_accounts.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace velox::actors {

/// Talk time in memory: the same contract as persistence::ledger, which see;
/// tests/persistence/ledger_contract_test.cpp holds both to it. It has no call
/// log: of a leg that nobody settled it knows what was charged.
class talk_time_book {
public:
  /// An organisation that was never seen starts with `initial_seconds`; every
  /// call holds `reservation` ahead and is rounded by `rule`.
  explicit talk_time_book(int64_t initial_seconds, int64_t reservation = 300,
                          billing_rule rule = {})
    : initial_(initial_seconds), reservation_(reservation), rule_(rule) {}

  talk_credit
  grant(const std::string& org_id, int64_t seconds, const std::string& key);
  talk_credit
  withdraw(const std::string& org_id, int64_t seconds, const std::string& key);

  /// None: there is nothing to talk on.
  std::optional<talk_time> reserve(const reserve_talk_time& x);

  // None of these: the organisation has reserved nothing for the call.
  std::optional<talk_time> book(const charge& x);
  std::optional<call_bill> settle(const settle_call& x);
  void release(const release_talk_time& x);

  talk_credit of(const std::string& org_id);

private:
  struct call_state {
    std::string org_id;
    bool open = false;
    std::string leg;
    unix_ms leg_started_at = 0;
    int64_t leg_base = 0;
    unix_ms last_tick = 0;
    call_account account;
  };

  talk_accounts& accounts(const std::string& org_id);
  call_state* known(const std::string& org_id, const std::string& call_id);
  bool is_new(const std::string& org_id, const std::string& key);
  void apply(const std::string& org_id, const talk_entry& entry);
  int64_t not_billed(const call_state& call, int64_t seconds, unix_ms at) const;
  void close(call_state& call, int64_t seconds);
  talk_time time_of(const call_state& call);

  int64_t initial_;
  int64_t reservation_;
  billing_rule rule_;
  std::map<std::string, talk_accounts> organisations_;
  std::map<std::string, call_state> calls_;
  std::set<std::pair<std::string, std::string>> keys_;
};

/// The handlers of a ledger over `book`, which may outlive the actor.
ledger_actor::behavior_type serve(std::shared_ptr<talk_time_book> book);

/// A ledger that lasts as long as the process.
ledger_actor::behavior_type
memory_ledger(ledger_actor::pointer self, int64_t initial_seconds);

} // namespace velox::actors

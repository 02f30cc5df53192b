#pragma once

#include <cstdint>
#include <limits>

/// The arithmetic of talk time, without a database: what an entry of the ledger
/// adds to which account. Whole seconds. Postings of an entry sum to zero.

namespace velox {

/// What an organisation has. Credit and debt exclude each other: whoever owes
/// has no credit.
struct talk_accounts {
  int64_t credit = 0;   ///< calls can reserve it
  int64_t reserved = 0; ///< held for calls on the line
  int64_t owed = 0;     ///< talked, or taken back, without cover
};

/// How a plan rounds a call: a carrier's "60/6" is {60, 6}.
struct billing_rule {
  int64_t minimum = 0;   ///< seconds that a call costs at least
  int64_t increment = 1; ///< then in steps of so many seconds, at least 1

  /// What so much talk costs. A call without talk costs nothing.
  int64_t billed(int64_t talked) const;
};

/// What one call holds, has talked and has paid, over all its legs.
struct call_account {
  int64_t held = 0;
  int64_t talked = 0;
  int64_t billed = 0;
  billing_rule rule{};
};

/// What one entry adds to each account.
struct talk_postings {
  int64_t granted = 0;   ///< bought or given; falls
  int64_t available = 0; ///< the credit
  int64_t reserved = 0;
  int64_t used = 0;
  int64_t owed = 0; ///< the debt, with the sign turned: falls when one owes
  int64_t withdrawn = 0;

  int64_t sum() const {
    return granted + available + reserved + used + owed + withdrawn;
  }
};

/// An entry, and between which bounds of credit and debt it is the right one:
/// somebody else may book between the reading and the writing.
struct talk_entry {
  static constexpr int64_t any = std::numeric_limits<int64_t>::max();

  talk_postings postings;
  int64_t least_credit = 0;
  int64_t most_credit = any;
  int64_t least_owed = 0;
  int64_t most_owed = any;

  bool fits(const talk_accounts& x) const {
    return x.credit >= least_credit && x.credit <= most_credit
           && x.owed >= least_owed && x.owed <= most_owed;
  }
};

/// `seconds` are bought or given; what is owed is paid first.
talk_entry grant_talk(const talk_accounts& org, int64_t seconds);

/// `seconds` are taken back. What is used already is owed.
talk_entry withdraw_talk(const talk_accounts& org, int64_t seconds);

/// A call begins: holds `reservation`, or less when there is less. Nothing is
/// lent while anything is owed; then `call.held` is 0.
talk_entry
reserve_talk(const talk_accounts& org, call_account& call, int64_t reservation);

/// `seconds` were talked: taken from the hold, which is filled up to
/// `reservation` again as far as the credit goes. Talk beyond both is owed.
/// What the rounding of an earlier leg has paid already is not paid again.
talk_entry charge_talk(const talk_accounts& org, call_account& call,
                       int64_t seconds, int64_t reservation);

/// The call is over, with `seconds` more: the plan's rounding is charged, and
/// what is left of the hold goes back, first to what is owed.
talk_entry
settle_talk(const talk_accounts& org, call_account& call, int64_t seconds);

/// What `org` has after `entry`.
talk_accounts after(const talk_accounts& org, const talk_postings& entry);

} // namespace velox

#include "protocol/talk_accounts.hpp"

#include <algorithm>

namespace velox {

int64_t billing_rule::billed(int64_t talked) const {
  if (talked <= 0)
    return 0;
  auto steps = (talked + increment - 1) / increment;
  return std::max(minimum, steps * increment);
}

talk_entry grant_talk(const talk_accounts& org, int64_t seconds) {
  talk_entry result;
  auto paid = std::min(org.owed, seconds);
  result.postings.granted = -seconds;
  result.postings.owed = paid;
  result.postings.available = seconds - paid;
  // With more debt more would have to be paid, with less too much was.
  result.least_owed = result.most_owed = org.owed;
  return result;
}

talk_entry withdraw_talk(const talk_accounts& org, int64_t seconds) {
  talk_entry result;
  auto taken = std::min(org.credit, seconds);
  result.postings.withdrawn = seconds;
  result.postings.available = -taken;
  result.postings.owed = -(seconds - taken);
  result.least_credit = taken;
  if (taken < seconds) // nobody owes who has credit
    result.most_credit = taken;
  return result;
}

talk_entry reserve_talk(const talk_accounts& org, call_account& call,
                        int64_t reservation) {
  talk_entry result;
  auto taken = org.owed > 0 ? 0 : std::min(org.credit, reservation);
  call.held += taken;
  result.postings.available = -taken;
  result.postings.reserved = taken;
  result.least_credit = taken;
  result.most_owed = 0;
  return result;
}

talk_entry charge_talk(const talk_accounts& org, call_account& call,
                       int64_t seconds, int64_t reservation) {
  talk_entry result;
  call.talked += seconds;
  auto due = std::max<int64_t>(call.talked - call.billed, 0);
  auto wanted = std::max<int64_t>(due + reservation - call.held, 0);
  auto taken = std::min(org.credit, wanted);
  auto covered = std::min(due, call.held + taken);
  result.postings.available = -taken;
  result.postings.reserved = taken - covered;
  result.postings.used = due;
  result.postings.owed = -(due - covered);
  result.least_credit = taken;
  if (covered < due)
    result.most_credit = taken;
  call.held += taken - covered;
  call.billed += due;
  return result;
}

talk_entry
settle_talk(const talk_accounts& org, call_account& call, int64_t seconds) {
  talk_entry result;
  call.talked += seconds;
  auto due = std::max<int64_t>(call.rule.billed(call.talked) - call.billed, 0);
  auto taken = std::clamp<int64_t>(due - call.held, 0, org.credit);
  auto covered = std::min(due, call.held + taken);
  auto rest = call.held + taken - covered;
  auto paid = std::min(org.owed, rest);
  result.postings.available = rest - paid - taken;
  result.postings.reserved = -call.held;
  result.postings.used = due;
  result.postings.owed = paid - (due - covered);
  result.least_credit = taken;
  if (covered < due)
    result.most_credit = taken;
  if (rest > 0)
    result.least_owed = result.most_owed = org.owed;
  call.held = 0;
  call.billed += due;
  return result;
}

talk_accounts after(const talk_accounts& org, const talk_postings& entry) {
  return {org.credit + entry.available, org.reserved + entry.reserved,
          org.owed - entry.owed};
}

} // namespace velox

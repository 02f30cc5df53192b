#include "actors/memory_ledger.hpp"

#include "protocol/errc.hpp"

#include <memory>

namespace velox::actors {

std::optional<balance> talk_time_book::book(const charge& x) {
  auto key = std::make_pair(x.call_id, x.tick);
  if (booked_.count(key) > 0)
    return of(x.org_id);
  if (x.seconds < 0 || of(x.org_id).seconds < x.seconds)
    return std::nullopt;
  charged_[x.org_id] += x.seconds;
  booked_.insert(std::move(key));
  return of(x.org_id);
}

balance talk_time_book::of(const std::string& org_id) const {
  auto i = charged_.find(org_id);
  return {initial_ - (i == charged_.end() ? 0 : i->second)};
}

ledger_actor::behavior_type
memory_ledger(ledger_actor::pointer, int64_t initial_seconds) {
  auto book = std::make_shared<talk_time_book>(initial_seconds);
  return {
    [book](const charge& x) -> caf::result<balance> {
      if (auto left = book->book(x))
        return *left;
      return caf::make_error(errc::out_of_credit);
    },
  };
}

} // namespace velox::actors

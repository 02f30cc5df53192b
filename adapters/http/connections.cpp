#include "adapters/http/connections.hpp"

#include "adapters/http/metrics.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <prometheus/gauge.h>
#include <utility>

namespace velox::http {

connection_slot::connection_slot(std::shared_ptr<connections> owner,
                                 std::size_t shard)
  : owner_(std::move(owner)), shard_(shard) {
  owner_->shards_[shard_].slots.insert(this);
}

connection_slot::~connection_slot() {
  auto& home = owner_->shards_[shard_];
  home.slots.erase(this);
  if (home.slots.empty())
    for (auto& deadline : std::exchange(home.deadlines, {}))
      if (auto timer = deadline.lock())
        timer->cancel(); // or it would keep the io_context running
  owner_->release(shard_);
}

bool connection_slot::stopping() const {
  return owner_->stopping();
}

connections::connections(std::vector<boost::asio::io_context*> shards,
                         std::shared_ptr<metrics> counts)
  : shards_(shards.size()), counts_(std::move(counts)) {
  for (std::size_t i = 0; i < shards.size(); ++i)
    shards_[i].context = shards[i];
}

bool connections::reserve(std::size_t limit, std::size_t& shard) {
  if (total_ >= limit)
    return false;
  auto least
    = std::min_element(shards_.begin(), shards_.end(), [](auto& a, auto& b) {
        return a.count.load() < b.count.load();
      });
  shard = static_cast<std::size_t>(least - shards_.begin());
  ++least->count;
  ++total_;
  counts_->http_connections.Increment();
  return true;
}

void connections::release(std::size_t shard) {
  counts_->http_connections.Decrement();
  --shards_[shard].count;
  if (--total_ == 0)
    report_when_empty();
}

void connections::report_when_empty() {
  std::vector<std::function<void()>> callbacks;
  {
    std::lock_guard guard(mutex_);
    if (stopping_ && total_ == 0)
      callbacks.swap(stopped_);
  }
  for (auto& f : callbacks)
    f();
}

void connections::stop(std::chrono::milliseconds deadline,
                       std::function<void()> stopped) {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
    if (stopped)
      stopped_.push_back(std::move(stopped));
  }
  for (auto& x : shards_)
    boost::asio::post(
      *x.context, [this, me = shared_from_this(), &x, deadline] {
        call_all(x, &connection_slot::on_drain);
        report_when_empty();
        if (x.slots.empty())
          return;
        auto timer = std::make_shared<boost::asio::steady_timer>(*x.context);
        timer->expires_after(deadline);
        timer->async_wait([this, me, &x, timer](auto ec) {
          if (!ec)
            call_all(x, &connection_slot::on_evict);
        });
        x.deadlines.push_back(timer);
      });
}

void connections::call_all(shard& at,
                           std::function<void()> connection_slot::*what) {
  // What is called may end its slot, so the set is copied.
  auto copy = std::vector<connection_slot*>(at.slots.begin(), at.slots.end());
  for (auto* slot : copy)
    if (at.slots.contains(slot) && slot->*what) {
      auto f = slot->*what;
      f();
    }
}

} // namespace velox::http

#include "adapters/net/http_pool.hpp"

#include "adapters/net/http_connection.hpp"

#include <algorithm>

namespace velox::net {

http_pool::http_pool(const core_ptr& out, origin to)
  : out_(out), to_(std::move(to)) {
  // nop
}

std::size_t http_pool::connections() const {
  return idle_.size() + busy_ + connecting_;
}

void http_pool::submit(const std::shared_ptr<http_exchange>& x) {
  auto out = out_.lock();
  if (!out)
    return;
  x->wait();
  waiting_.push_back(x);
  pump();
  if (waiting_.empty() || waiting_.back() != x || x->connecting)
    return;
  auto idle = std::count_if(waiting_.begin(), waiting_.end(),
                            [](auto& other) { return !other->connecting; });
  if (static_cast<std::size_t>(idle) <= out->options().waiting_per_origin)
    return;
  waiting_.pop_back();
  x->on_fail(failure::full, "too many requests wait for a connection", false);
}

void http_pool::submit_again(const std::shared_ptr<http_exchange>& x) {
  for (auto& suspect : std::vector{idle_})
    suspect->close();
  x->wait();
  waiting_.push_front(x);
  pump();
}

void http_pool::forget(const http_exchange& x) {
  std::erase_if(waiting_, [&x](auto& other) { return other.get() == &x; });
}

void http_pool::release(const std::shared_ptr<http_connection>& x) {
  --busy_;
  idle_.push_back(x);
  pump();
}

void http_pool::gone(const http_connection& x, bool was_idle) {
  if (was_idle)
    std::erase_if(idle_, [&x](auto& other) { return other.get() == &x; });
  else
    --busy_;
  pump();
}

void http_pool::pump() {
  auto out = out_.lock();
  // What is served may call back, before the queue is in order.
  if (!out || out->stopped() || std::exchange(pumping_, true))
    return;
  for (std::size_t i = 0; i < waiting_.size();) {
    auto x = waiting_[i];
    if (serve(x)) {
      std::erase(waiting_, x);
      continue;
    }
    auto room = connections() < out->options().connections_per_origin;
    if (!room && idle_.empty())
      break;
    if (!x->connecting && !room && x->fresh_only) {
      auto used = idle_.front();
      idle_.erase(idle_.begin());
      ++busy_; // until it says that it is gone
      used->forget_idle();
      used->close();
      room = true;
    }
    if (!x->connecting && room)
      open_for(x);
    ++i;
  }
  pumping_ = false;
}

bool http_pool::serve(const std::shared_ptr<http_exchange>& x) {
  auto fits
    = [&x](auto& other) { return !x->fresh_only || other->served() == 0; };
  auto found = std::find_if(idle_.rbegin(), idle_.rend(), fits);
  if (found == idle_.rend())
    return false;
  auto carrier = *found;
  idle_.erase(std::next(found).base());
  ++busy_;
  carrier->run(x);
  return true;
}

void http_pool::open_for(const std::shared_ptr<http_exchange>& x) {
  auto out = out_.lock();
  x->connecting = true;
  ++connecting_;
  auto maker
    = std::make_shared<connector>(out, to_, false, x->connect_deadline());
  maker->start([me = shared_from_this(), maker,
                weak = std::weak_ptr{x}](auto wire, const auto& why) {
    me->on_connector(weak, std::move(wire), why);
  });
}

void http_pool::on_connector(const std::weak_ptr<http_exchange>& x,
                             std::unique_ptr<stream> wire,
                             const std::optional<error>& why) {
  --connecting_;
  auto out = out_.lock();
  if (wire && out && !out->stopped()) {
    auto fresh = std::make_shared<http_connection>(out, weak_from_this(),
                                                   std::move(wire));
    ++busy_;
    fresh->start(); // and releases itself
    return;
  }
  auto asker = x.lock();
  auto waits
    = asker
      && std::find(waiting_.begin(), waiting_.end(), asker) != waiting_.end();
  if (waits && why) {
    forget(*asker);
    asker->on_fail(
      why->what, std::string_view{why->why}.substr(to_.host.size() + 2), false);
  }
  pump();
}

} // namespace velox::net

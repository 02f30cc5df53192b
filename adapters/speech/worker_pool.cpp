#include "adapters/speech/worker_pool.hpp"

#include <algorithm>
#include <utility>

namespace velox::speech {

worker_pool::worker_pool(size_t threads) {
  for (size_t i = 0; i < std::max<size_t>(threads, 1); ++i)
    threads_.emplace_back([this] { work(*ready_); });
}

worker_pool::~worker_pool() {
  std::deque<std::shared_ptr<strand>> dropped;
  {
    std::lock_guard guard{ready_->mutex};
    ready_->stopped = true;
    dropped.swap(ready_->strands);
  }
  ready_->filled.notify_all();
  for (auto& x : threads_)
    x.join();
}

std::shared_ptr<strand> worker_pool::make_strand() {
  return std::make_shared<strand>(ready_);
}

void worker_pool::work(ready_queue& ready) {
  for (;;) {
    std::shared_ptr<strand> next;
    {
      std::unique_lock lock{ready.mutex};
      ready.filled.wait(
        lock, [&] { return ready.stopped || !ready.strands.empty(); });
      if (ready.stopped)
        return;
      next = std::move(ready.strands.front());
      ready.strands.pop_front();
    }
    next->run_one();
  }
}

strand::strand(std::shared_ptr<worker_pool::ready_queue> ready)
  : ready_(std::move(ready)) {}

void strand::post(job x) {
  {
    std::lock_guard guard{mutex_};
    if (closed_)
      return;
    jobs_.push_back(std::move(x));
    if (std::exchange(scheduled_, true))
      return;
  }
  schedule();
}

void strand::close(job last) {
  std::deque<job> dropped; // destroyed after the lock is gone
  {
    std::lock_guard guard{mutex_};
    if (std::exchange(closed_, true))
      return;
    dropped.swap(jobs_);
    jobs_.push_back(std::move(last));
    if (std::exchange(scheduled_, true))
      return;
  }
  schedule();
}

void strand::schedule() {
  {
    std::lock_guard guard{ready_->mutex};
    if (ready_->stopped)
      return;
    ready_->strands.push_back(shared_from_this());
  }
  ready_->filled.notify_one();
}

void strand::run_one() {
  job next;
  {
    std::lock_guard guard{mutex_};
    next = std::move(jobs_.front());
    jobs_.pop_front();
  }
  next();
  next = nullptr; // what it holds ends here, still in order
  {
    std::lock_guard guard{mutex_};
    if (jobs_.empty()) {
      scheduled_ = false;
      return;
    }
  }
  // One job at a time: a busy call does not starve the others.
  schedule();
}

} // namespace velox::speech

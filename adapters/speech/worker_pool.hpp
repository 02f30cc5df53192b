#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace velox::speech {

class strand;

/// Threads for work that would block an actor: decoding, synthesis. Work comes
/// in through strands. Destroying the pool drops what is queued and waits only
/// for the jobs that are running.
class worker_pool {
public:
  explicit worker_pool(size_t threads);
  ~worker_pool();

  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  /// A new queue of its own. It may outlive the pool; then it does nothing.
  std::shared_ptr<strand> make_strand();

private:
  friend class strand;

  /// What threads and strands share: strands that have a job to run.
  struct ready_queue {
    std::mutex mutex;
    std::condition_variable filled;
    std::deque<std::shared_ptr<strand>> strands;
    bool stopped = false;
  };

  static void work(ready_queue& ready);

  std::shared_ptr<ready_queue> ready_ = std::make_shared<ready_queue>();
  std::vector<std::thread> threads_;
};

/// Runs its jobs one after the other, in order, on whatever thread of the pool
/// is free: one strand per session. Safe to use from any thread.
class strand : public std::enable_shared_from_this<strand> {
public:
  using job = std::function<void()>;

  /// Made by `worker_pool::make_strand`.
  explicit strand(std::shared_ptr<worker_pool::ready_queue> ready);

  /// Queues `x`. Jobs must not throw.
  void post(job x);

  /// Drops what has not begun and runs `last` instead; later jobs are ignored.
  /// Never waits.
  void close(job last);

private:
  friend class worker_pool;

  void schedule();
  void run_one();

  std::shared_ptr<worker_pool::ready_queue> ready_;
  std::mutex mutex_;
  std::deque<job> jobs_;
  bool scheduled_ = false; ///< in the ready queue or on a thread
  bool closed_ = false;
};

} // namespace velox::speech

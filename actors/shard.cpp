#include "actors/shard.hpp"

#include "actors/timer_wheel.hpp"
#include "config/log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/resumable.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

namespace velox::actors {

namespace asio = boost::asio;

namespace {

/// Messages that one actor may handle before others get their turn.
constexpr size_t messages_per_turn = 64;

/// Actors that may run before sockets get their turn.
constexpr size_t turns_per_drain = 256;

/// Tells which shard the current thread belongs to.
thread_local const shard* here = nullptr;

} // namespace

struct shard::impl {
  impl(shard& self, size_t index)
    : self(self), index(index), guard(io.get_executor()), timer(io) {}

  void run() {
    here = &self;
    while (true) {
      try {
        io.run();
        return;
      } catch (const std::exception& x) {
        // A socket handler threw. That is a bug of ours, but not a reason to
        // take every call of this core down with it.
        config::log().critical("a handler threw on a shard: shard={} what={}",
                               index, x.what());
      }
    }
  }

  void drain() {
    drain_posted = false;
    draining = true;
    for (size_t turn = 0; turn < turns_per_drain && !ready.empty(); ++turn) {
      auto* job = ready.front();
      ready.pop_front();
      run_one(job);
    }
    draining = false;
    if (!ready.empty())
      post_drain();
  }

  void run_one(caf::resumable* job) {
    switch (job->resume(&self, messages_per_turn)) {
      case caf::resumable::resume_later: ready.push_back(job); break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message:
        caf::intrusive_ptr_release(job);
        break;
      case caf::resumable::shutdown_execution_unit: break;
    }
  }

  void post_drain() {
    if (drain_posted)
      return;
    drain_posted = true;
    asio::post(io, [this] { drain(); });
  }

  void take_incoming() {
    std::deque<caf::resumable*> arrived;
    {
      std::lock_guard lock{mutex};
      arrived.swap(incoming);
    }
    ready.insert(ready.end(), arrived.begin(), arrived.end());
    drain();
  }

  void arm() {
    auto next = wheel.next();
    if (!next || (armed && *armed <= *next))
      return;
    armed = *next;
    timer.expires_at(*next);
    timer.async_wait([this](const boost::system::error_code& ec) {
      if (!ec)
        fire();
    });
  }

  void fire() {
    armed.reset();
    for (auto& due : wheel.take_due(std::chrono::steady_clock::now()))
      if (auto receiver = due.receiver.lock())
        caf::anon_send(caf::actor_cast<caf::actor>(receiver),
                       caf::timeout_atom_v, due.number);
    arm();
  }

  shard& self;
  size_t index;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard;
  std::thread thread;

  // On the shard's thread only.
  std::deque<caf::resumable*> ready;
  bool draining = false;
  bool drain_posted = false;
  timer_wheel wheel;
  asio::steady_timer timer;
  std::optional<timer_wheel::time_point> armed;

  // From other threads.
  std::mutex mutex;
  std::deque<caf::resumable*> incoming;
};

shard::shard(caf::actor_system& sys, size_t index)
  : home(&sys), impl_(std::make_unique<impl>(*this, index)) {}

shard::~shard() {
  stop();
  // An actor that goes with its last reference says so to others, who may live
  // here, too: the queues can grow while they are emptied.
  for (auto* queue : {&impl_->ready, &impl_->incoming}) {
    while (!queue->empty()) {
      auto* job = queue->front();
      queue->pop_front();
      caf::intrusive_ptr_release(job);
    }
  }
}

size_t shard::index() const noexcept {
  return impl_->index;
}

asio::io_context& shard::io() noexcept {
  return impl_->io;
}

void shard::start() {
  impl_->thread = std::thread{[this] { impl_->run(); }};
}

void shard::stop() {
  if (!impl_->thread.joinable())
    return;
  impl_->guard.reset();
  impl_->io.stop();
  impl_->thread.join();
}

void shard::post(std::function<void()> task) {
  asio::post(impl_->io, std::move(task));
}

void shard::run_ready() {
  if (!impl_->draining)
    impl_->drain();
}

size_t shard::timers() const {
  return impl_->wheel.size();
}

void shard::exec_later(caf::resumable* job) {
  if (here == this) {
    impl_->ready.push_back(job);
    if (!impl_->draining)
      impl_->post_drain();
    return;
  }
  bool first = false;
  {
    std::lock_guard lock{impl_->mutex};
    first = impl_->incoming.empty();
    impl_->incoming.push_back(job);
  }
  if (first) // one wake-up serves all that arrive until it is answered
    asio::post(impl_->io, [this] { impl_->take_incoming(); });
}

void shard::wake(const caf::strong_actor_ptr& receiver, caf::timespan span,
                 uint64_t number) {
  auto at = std::chrono::steady_clock::now() + span;
  impl_->wheel.add(at, caf::actor_cast<caf::weak_actor_ptr>(receiver),
                   receiver->id(), number);
  impl_->arm();
}

void shard::forget(caf::actor_id id) {
  // An actor may be cleaned up by the thread that dropped its last handle.
  if (here == this)
    impl_->wheel.forget(id);
  else
    post([this, id] { impl_->wheel.forget(id); });
}

void shard::held_up(std::string_view actor, std::string_view message,
                    caf::timespan span) {
  config::log().warn(
    "a handler held up its shard: shard={} actor={} message={} ms={}",
    impl_->index, actor, message,
    std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
}

} // namespace velox::actors

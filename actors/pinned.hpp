#pragma once

#include "actors/home.hpp"
#include "actors/watchdog.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <exception>

namespace velox::actors {

/// What others may see of an actor while it works, from any thread.
class observed {
public:
  virtual ~observed() = default;

  /// Messages that were sent to the actor and not handled yet.
  uint64_t waiting() const {
    auto handled = handled_.load(std::memory_order_relaxed);
    auto received = received_.load(std::memory_order_relaxed);
    return received > handled ? received - handled : 0;
  }

  /// Messages that the actor has handled.
  uint64_t handled() const { return handled_.load(std::memory_order_relaxed); }

  /// In a word, for the operator: "listening", "speaking".
  const char* doing() const { return doing_.load(std::memory_order_relaxed); }

  /// Says what the actor is doing; `what` must live for ever (a literal).
  void now_doing(const char* what) {
    doing_.store(what, std::memory_order_relaxed);
  }

protected:
  std::atomic<uint64_t> received_ = 0;
  std::atomic<uint64_t> handled_ = 0;
  std::atomic<const char*> doing_ = "waiting";
};

/// What becomes of an exception that an actor did not catch: a log line and
/// the end of that one actor.
caf::error report_exception(caf::scheduled_actor* self, std::exception_ptr& ex);

/// Tells `home` that handling `x` took `span`.
void report_slow(home& home, const char* actor, caf::mailbox_element& x,
                 caf::timespan span);

/// An event-based actor that runs on one thread only: that of the `home` on
/// which it was spawned; its children inherit the home. Spawned anywhere else,
/// as under test, it is an ordinary actor.
template <class Base>
class pinned : public Base, public observed {
public:
  explicit pinned(caf::actor_config& cfg)
    : Base(cfg), home_(dynamic_cast<actors::home*>(cfg.host)) {
    this->set_exception_handler(report_exception);
  }

  /// The home shard; null when the actor has none.
  actors::home* home() const noexcept { return home_; }

  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* unit) override {
    received_.fetch_add(1, std::memory_order_relaxed);
    Base::enqueue(std::move(x), home_ != nullptr ? home_ : unit);
  }

  caf::invoke_message_result consume(caf::mailbox_element& x) override {
    handled_.fetch_add(1, std::memory_order_relaxed);
    busy_mark busy{this->name(), x};
    if (home_ == nullptr)
      return Base::consume(x);
    auto before = std::chrono::steady_clock::now();
    auto result = Base::consume(x);
    auto span = std::chrono::steady_clock::now() - before;
    if (span > actors::home::patience)
      report_slow(*home_, this->name(), x, span);
    return result;
  }

  bool cleanup(caf::error&& reason, caf::execution_unit* unit) override {
    if (home_ != nullptr)
      home_->forget(this->id());
    return Base::cleanup(std::move(reason), unit);
  }

private:
  actors::home* home_;
};

/// The `self` of a pinned actor with state.
template <class Handle, class State>
using pinned_pointer
  = caf::stateful_actor<State, pinned<typename Handle::base>>*;

/// Sends `caf::timeout_atom, number` to `self` after `span`: by its shard's
/// wheel, or by the actor clock where it has no home. It cannot be called back,
/// only outdated: number the waits.
template <class Self>
void wake(Self* self, caf::timespan span, uint64_t number) {
  if (auto* home = self->home())
    home->wake(caf::strong_actor_ptr{self->ctrl()}, span, number);
  else
    self->delayed_send(self, span, caf::timeout_atom_v, number);
}

/// Spawns `fun` on `home`, from any thread.
template <class F, class... Ts>
auto spawn_on(home& home, caf::actor_system& sys, F fun, Ts&&... xs) {
  caf::actor_config cfg{&home};
  return sys.spawn_functor(std::true_type{}, cfg, fun, std::forward<Ts>(xs)...);
}

} // namespace velox::actors

#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <utility>

namespace velox::speech {

/// The actor that a session reports to, from any thread. The actor owns the
/// session, so it is held weakly: two that keep each other would never end.
template <class Handle>
class client_of {
public:
  explicit client_of(const Handle& client)
    : client_(caf::actor_cast<caf::weak_actor_ptr>(client)) {}

  /// Sends `message` unless the actor or its session has ended.
  template <class Message>
  void tell(Message message) const {
    if (left())
      return;
    if (auto strong = client_.lock())
      caf::anon_send(caf::actor_cast<Handle>(strong), std::move(message));
  }

  /// The session has ended: nothing is sent from now on.
  void leave() { left_.store(true, std::memory_order_relaxed); }

  bool left() const { return left_.load(std::memory_order_relaxed); }

private:
  caf::weak_actor_ptr client_;
  std::atomic<bool> left_ = false;
};

} // namespace velox::speech

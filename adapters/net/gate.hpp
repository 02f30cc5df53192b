#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <mutex>
#include <utility>

namespace velox::net {

/// INTERNAL to adapters/net: the way onto the thread of an outbound. It closes
/// with the outbound, so that an exchange that a session still holds, or a
/// late answer of the resolver, never touches an io_context that is gone.
class gate {
public:
  explicit gate(boost::asio::io_context& io) : io_(&io) {}

  /// Whether the caller is on the outbound's thread.
  bool here() const {
    std::lock_guard guard{mutex_};
    return io_ && io_->get_executor().running_in_this_thread();
  }

  /// Runs `f` later on the outbound's thread; forgets it once closed.
  void post(std::function<void()> f) {
    std::lock_guard guard{mutex_};
    if (io_)
      boost::asio::post(*io_, std::move(f));
  }

  /// Runs `f` at once when on the outbound's thread, else later.
  void run(std::function<void()> f) {
    if (here())
      f();
    else
      post(std::move(f));
  }

  void close() {
    std::lock_guard guard{mutex_};
    io_ = nullptr;
  }

private:
  mutable std::mutex mutex_;
  boost::asio::io_context* io_;
};

} // namespace velox::net

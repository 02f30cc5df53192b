#pragma once

#include "adapters/net/connector.hpp"
#include "adapters/net/http_exchange.hpp"

#include <deque>
#include <memory>
#include <vector>

namespace velox::net {

class http_connection;

/// INTERNAL to adapters/net: the connections to one origin and the requests
/// that wait for one. A request takes the first connection that is free, be it
/// the one made on its behalf or another. On the outbound's thread.
class http_pool : public std::enable_shared_from_this<http_pool> {
public:
  http_pool(const core_ptr& out, origin to);

  void submit(const std::shared_ptr<http_exchange>& x);

  /// A connection that seemed open was not: those that idle are suspect too.
  void submit_again(const std::shared_ptr<http_exchange>& x);

  /// `x` waits no more.
  void forget(const http_exchange& x);

  /// `x` is free for the next request.
  void release(const std::shared_ptr<http_connection>& x);

  /// `x` is closed. `was_idle`: it had been released.
  void gone(const http_connection& x, bool was_idle);

private:
  void pump();
  bool serve(const std::shared_ptr<http_exchange>& x);
  void open_for(const std::shared_ptr<http_exchange>& x);
  void
  on_connector(const std::weak_ptr<http_exchange>& x,
               std::unique_ptr<stream> wire, const std::optional<error>& why);
  std::size_t connections() const;

  std::weak_ptr<core> out_;
  origin to_;
  std::vector<std::shared_ptr<http_connection>> idle_; ///< latest at the back
  std::deque<std::shared_ptr<http_exchange>> waiting_;
  std::size_t connecting_ = 0;
  std::size_t busy_ = 0;
  bool pumping_ = false;
};

} // namespace velox::net

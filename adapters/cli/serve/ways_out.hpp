#pragma once

#include "adapters/net/outbound.hpp"
#include "config/provider_settings.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace velox::cli {

/// The ways out of all shards. Must go before their io_contexts.
class ways_out {
public:
  /// Throws std::runtime_error when `ca_file` cannot be read.
  ways_out(const config::provider_settings& settings,
           const std::vector<boost::asio::io_context*>& contexts);
  ~ways_out();
  ways_out(const ways_out&) = delete;
  ways_out& operator=(const ways_out&) = delete;

  /// To be run once on the thread of context `index`, before it makes calls.
  std::function<void()> settle(std::size_t index) const;

  /// The way out of the thread that calls; the first one for strangers.
  net::outbound_source source() const;

  /// Ends all connections; nothing new begins.
  void stop();

private:
  using list = std::vector<net::outbound_ptr>;
  std::shared_ptr<list> all_;
};

} // namespace velox::cli

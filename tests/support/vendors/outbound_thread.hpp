#pragma once

#include "adapters/net/outbound.hpp"

#include <memory>

namespace velox::test {

/// A way out with a thread of its own that trusts the fake vendors.
class outbound_thread {
public:
  explicit outbound_thread(net::outbound_options options = {});
  ~outbound_thread();
  outbound_thread(const outbound_thread&) = delete;
  outbound_thread& operator=(const outbound_thread&) = delete;

  net::outbound_ptr out() const;

  /// What a vendor's factory is made with.
  net::vendor vendor(std::string base_url, std::string key = "test-key") const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace velox::test

#pragma once

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace velox::net {

/// INTERNAL to adapters/net: asks DNS on threads of its own, because
/// getaddrinfo blocks, and remembers the answers for a while.
class resolver {
public:
  using addresses = std::vector<boost::asio::ip::address>;
  /// Called once; empty when there is no such host. On a thread of the
  /// resolver, or at once when the answer is known.
  using answer = std::function<void(const addresses&)>;
  /// Blocks; what asks the system, unless a test says otherwise.
  using lookup = std::function<addresses(const std::string&)>;

  explicit resolver(std::chrono::milliseconds memory, lookup ask = {});
  ~resolver();
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  /// Any thread. Those who ask for the same host at once share one question.
  void resolve(const std::string& host, answer hears);

  /// No address of this host worked: asks anew next time.
  void forget(const std::string& host);

private:
  struct state;
  std::shared_ptr<state> state_;
};

/// The order to try in: families take turns, beginning with the first's
/// (RFC 8305, section 4).
resolver::addresses interleave(const resolver::addresses& x);

} // namespace velox::net

#pragma once

#include "adapters/net/response_reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace velox::net {

/// INTERNAL to adapters/net: what a peer answers to a WebSocket handshake, read
/// beside Beast. Beast waits for the whole body of a refusal and forgets the
/// header when the connection ends before; here nothing gets lost.
class handshake_answer {
public:
  /// Of a refusal's body, in bytes; the rest is not kept.
  static constexpr std::size_t body_limit = 4 * 1024;

  /// Reads on; what comes after the switch of protocols is passed over.
  void feed(std::string_view bytes);

  /// The header has come, and the peer does not want to.
  bool refuses() const { return refuses_; }
  /// A refusal of which nothing is missing, or enough is there.
  bool complete() const;
  /// Of the answer, once it has come.
  const response_head& head() const { return head_; }
  const std::string& body() const { return body_; }
  /// Why the answer cannot be read; none as long as it can.
  std::optional<failure> broken() const { return broken_; }

private:
  response_reader reader_{true, 64u << 20};
  std::string held_; ///< what the reader has not taken yet
  response_head head_;
  std::string body_;
  std::optional<failure> broken_;
  bool refuses_ = false;
  bool switched_ = false;
};

/// Whether `protocol`, of an answer's Sec-WebSocket-Protocol, is none or among
/// those `asked` for, a list with commas (RFC 6455, section 4.1).
bool is_offered(std::string_view protocol, std::string_view asked);

} // namespace velox::net

#pragma once

#include "adapters/net/outbound.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace velox::net {

/// INTERNAL to adapters/net: reads one response (RFC 9112) from bytes as they
/// come. Interim responses (1xx) are passed over, but 101 is taken as final.
class response_reader {
public:
  /// `body_expected`: false after HEAD and CONNECT.
  response_reader(bool body_expected, std::size_t body_limit);
  ~response_reader();

  /// Reads on. Returns how many bytes were used; what is left, before the end
  /// of the response, must come again with more behind it.
  std::size_t feed(std::string_view bytes, boost::system::error_code& ec);

  /// The connection has ended. `ec` is set when the response has not.
  void end(boost::system::error_code& ec);

  bool has_head() const;
  const response_head& head() const;
  /// What the last `feed` found of the body, in the bytes it was given.
  const std::vector<std::string_view>& pieces() const;
  bool done() const;
  /// Whether only the end of the connection ends the body.
  bool ends_with_connection() const;
  /// Whether the connection may serve another request.
  bool keeps_alive() const;
  /// Bytes of the body that have not come; none when nobody knows.
  std::optional<uint64_t> remaining() const;

private:
  class parser;

  void begin();

  std::unique_ptr<parser> parser_;
  bool body_expected_;
  std::size_t body_limit_;
};

/// What an error of `response_reader` means to who sent the request.
failure to_failure(const boost::system::error_code& ec);

} // namespace velox::net

#pragma once

#include "tests/support/vendors/vendor_wire.hpp"

#include <stdexcept>

namespace velox::test {

using vendor_headers = std::vector<std::pair<std::string, std::string>>;

/// The client's request is no HTTP/1.1; the text says what is wrong.
struct bad_vendor_request : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A request as it came, with its body.
struct read_vendor_request {
  vendor_request request;
  bool keep_alive = true;
};

/// Reads the next request from the wire, chunked bodies included. Throws
/// `vendor_gone` at the end of the connection, `bad_vendor_request` on
/// nonsense.
read_vendor_request read_request(vendor_wire& wire);

/// "HTTP/1.1 200 OK" and the headers, with the empty line.
std::string response_head(int status, const vendor_headers& headers);

/// Upper and lower case are the same.
bool same_name(std::string_view a, std::string_view b);

/// Whether the comma-separated list holds the word.
bool has_token(std::string_view list, std::string_view word);

} // namespace velox::test

#pragma once

#include "adapters/http/message.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>

/// INTERNAL to the server: what goes onto the wire.

namespace velox::http {

using raw_response
  = boost::beast::http::response<boost::beast::http::string_body>;

/// `x` as Beast writes it: with Date, Content-Length and Connection; without a
/// body when it answers HEAD (`head`) or the status has none. A header with a
/// line break in it makes a 500 of it. `version` is 11 for HTTP/1.1.
std::shared_ptr<raw_response>
to_raw(response x, bool head, bool keep_alive, unsigned version);

} // namespace velox::http

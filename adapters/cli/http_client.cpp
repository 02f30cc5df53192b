#include "adapters/cli/http_client.hpp"

#include "adapters/cli/transport.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace velox::cli {

namespace {

namespace http = boost::beast::http;

constexpr uint64_t body_limit = 16 * 1024 * 1024;

http::request<http::string_body>
to_beast(const http_request& x, const url& where) {
  auto verb = http::string_to_verb(x.method);
  if (verb == http::verb::unknown)
    throw std::invalid_argument("unknown HTTP method " + x.method);
  http::request<http::string_body> result{verb, where.target(), 11};
  auto host = where.host;
  if (where.port)
    host += ":" + std::to_string(*where.port);
  result.set(http::field::host, host);
  result.set(http::field::user_agent, "velox");
  result.set(http::field::connection, "close");
  for (const auto& [name, value] : x.headers)
    result.set(name, value);
  result.body() = x.body;
  result.prepare_payload();
  return result;
}

template <class Stream>
http_response
exchange(boost::asio::io_context& io, Stream& stream, const url& where,
         const http::request<http::string_body>& request,
         std::chrono::steady_clock::time_point deadline) {
  connect(io, stream, where, deadline);
  auto& tcp = boost::beast::get_lowest_layer(stream);
  auto give_up = [&tcp] { tcp.cancel(); };
  auto ec = await(
    io, deadline, [&](auto done) { http::async_write(stream, request, done); },
    give_up);
  if (ec)
    throw_unreachable(where, ec);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(body_limit);
  ec = await(
    io, deadline,
    [&](auto done) { http::async_read(stream, buffer, parser, done); },
    give_up);
  if (ec)
    throw_unreachable(where, ec);
  auto answer = parser.release();
  return {static_cast<int>(answer.result_int()),
          std::string{answer[http::field::content_type]},
          std::move(answer.body())};
}

} // namespace

http_response fetch(const http_request& request) {
  auto where = parse_url(request.url);
  if (!where || (where->scheme != "http" && where->scheme != "https"))
    throw std::invalid_argument("\"" + request.url
                                + "\" is no URL such as http://host:port/path");
  auto deadline = std::chrono::steady_clock::now() + request.timeout;
  boost::asio::io_context io{1};
  auto message = to_beast(request, *where);
  if (!where->secure()) {
    plain_stream stream{io};
    return exchange(io, stream, *where, message, deadline);
  }
  auto tls = client_tls_context(request.insecure);
  tls_stream stream{io, tls};
  return exchange(io, stream, *where, message, deadline);
}

} // namespace velox::cli

#include "adapters/net/stream.hpp"

#include <boost/asio/write.hpp>
#include <openssl/ssl.h>

namespace velox::net {

namespace asio = boost::asio;

stream::stream(tcp_socket socket, std::shared_ptr<counters> count)
  : executor_(socket.get_executor()),
    tcp_(std::make_unique<tcp_socket>(std::move(socket))),
    count_(std::move(count)) {
  ++count_->open;
}

stream::~stream() {
  if (tcp_ || tls_)
    close();
}

void stream::handshake(tls_client& tls, const std::string& host,
                       const std::string& origin,
                       std::function<void(error_code)> done) {
  tls_ = std::make_unique<tls_socket>(std::move(*tcp_), tls.context());
  tcp_.reset();
  if (!tls.prepare(tls_->native_handle(), host, origin)) {
    asio::post(executor_, [done = std::move(done)] {
      done(asio::error::invalid_argument);
    });
    return;
  }
  tls_->async_handshake(asio::ssl::stream_base::client, std::move(done));
}

std::string stream::certificate_problem() {
  return tls_ ? net::certificate_problem(tls_->native_handle()) : "";
}

bool stream::resumed() {
  return tls_ && SSL_session_reused(tls_->native_handle()) == 1;
}

void stream::read_some(asio::mutable_buffer into, io_handler done) {
  if (tls_)
    tls_->async_read_some(into, std::move(done));
  else
    tcp_->async_read_some(into, std::move(done));
}

void stream::write(const std::vector<asio::const_buffer>& from,
                   io_handler done) {
  if (tls_)
    asio::async_write(*tls_, from, std::move(done));
  else
    asio::async_write(*tcp_, from, std::move(done));
}

void stream::close() {
  if (!count_)
    return;
  --count_->open;
  count_.reset();
  // Or OpenSSL takes the session for broken and never resumes it.
  if (tls_)
    SSL_set_shutdown(tls_->native_handle(),
                     SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  error_code ignored;
  socket().close(ignored);
}

std::string describe(const error_code& ec) {
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated)
    return "the peer closed the connection";
  if (ec == asio::error::connection_reset || ec == asio::error::broken_pipe)
    return "the peer reset the connection";
  auto text = ec.message();
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && text.size() > 1
      && text[1] >= 'a')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

} // namespace velox::net

#include "adapters/http/server.hpp"

#include "adapters/http/metrics.hpp"
#include "adapters/http/session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>

#include <prometheus/counter.h>
#include <stdexcept>
#include <sys/socket.h>

namespace velox::http {

namespace {

using tcp = boost::asio::ip::tcp;
using error_code = boost::system::error_code;
using namespace std::chrono_literals;

constexpr std::string_view busy_response
  = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
    "Retry-After: 1\r\nContent-Type: application/json\r\n"
    "Content-Length: 111\r\n\r\n"
    R"({"error":{"code":"too_many_connections","message":"the server has no)"
    R"( connection left","fix":"try again later"}})";

[[noreturn]] void fail(const std::string& what, const std::string& fix) {
  throw std::runtime_error(what + ": " + fix);
}

std::shared_ptr<boost::asio::ssl::context> make_tls(const server_options& x) {
  if (x.tls_certificate.empty() && x.tls_key.empty())
    return nullptr;
  if (x.tls_certificate.empty() || x.tls_key.empty())
    fail("TLS needs both a certificate and a key",
         "set both files, or none for plain HTTP");
  using ssl = boost::asio::ssl::context;
  auto result = std::make_shared<ssl>(ssl::tls_server);
  auto& out = *result;
  out.set_options(ssl::default_workarounds | ssl::no_sslv2 | ssl::no_sslv3
                  | ssl::no_tlsv1 | ssl::no_tlsv1_1);
  error_code ec;
  out.use_certificate_chain_file(x.tls_certificate, ec);
  if (ec)
    fail("cannot read the TLS certificate " + x.tls_certificate + " ("
           + ec.message() + ")",
         "it must be a PEM file that this user may read");
  out.use_private_key_file(x.tls_key, ssl::pem, ec);
  if (ec)
    fail("cannot use the TLS key " + x.tls_key + " (" + ec.message() + ")",
         "it must be the PEM key of the certificate");
  return result;
}

} // namespace

/// The listening socket. Only its own handlers and the server keep it, so that
/// it is gone before its io_context is.
class listener : public std::enable_shared_from_this<listener> {
public:
  listener(std::shared_ptr<const shared_parts> parts,
           std::shared_ptr<connections> open, boost::asio::io_context& context)
    : parts_(std::move(parts)), open_(std::move(open)), acceptor_(context),
      retry_(context), tls_(make_tls(parts_->options)) {
    listen();
  }

  uint16_t port() const { return port_; }

  void start() {
    boost::asio::post(acceptor_.get_executor(),
                      [me = shared_from_this()] { me->accept(); });
  }

  void close() {
    boost::asio::post(acceptor_.get_executor(), [me = shared_from_this()] {
      error_code ignored;
      me->acceptor_.close(ignored);
      me->retry_.cancel();
    });
  }

private:
  void listen() {
    auto& options = parts_->options;
    auto where = options.host + ":" + std::to_string(options.port);
    error_code ec;
    auto address = boost::asio::ip::make_address(options.host, ec);
    if (ec)
      fail("cannot listen on " + where, "host must be an IP address");
    tcp::endpoint endpoint{address, options.port};
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec)
      acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec && options.share_port) {
      int on = 1;
      setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on,
                 sizeof(on));
    }
    if (!ec)
      acceptor_.bind(endpoint, ec);
    if (!ec)
      acceptor_.listen(tcp::acceptor::max_listen_connections, ec);
    if (ec)
      fail("cannot listen on " + where + " (" + ec.message() + ")",
           "stop what uses the port, or set another one");
    port_ = acceptor_.local_endpoint().port();
  }

  void accept() {
    if (acceptor_.is_open())
      acceptor_.async_accept(
        [me = shared_from_this()](error_code ec, tcp::socket socket) {
          me->on_accept(ec, std::move(socket));
        });
  }

  void on_accept(error_code ec, tcp::socket socket) {
    if (ec == boost::asio::error::operation_aborted || !acceptor_.is_open())
      return;
    if (ec == boost::asio::error::connection_aborted)
      return accept();
    if (ec) { // no descriptor left, say: later there may be one
      retry_.expires_after(100ms);
      retry_.async_wait(
        [me = shared_from_this()](error_code) { me->accept(); });
      return;
    }
    hand_over(std::move(socket));
    accept();
  }

  void hand_over(tcp::socket socket) {
    error_code ec;
    socket.set_option(tcp::no_delay(true), ec);
    std::size_t shard = 0;
    if (!open_->reserve(parts_->options.max_connections, shard))
      return refuse(std::move(socket));
    auto& home = open_->context(shard);
    auto protocol = acceptor_.local_endpoint(ec).protocol();
    auto handle = socket.release(ec);
    boost::asio::post(home, [parts = parts_, open = open_, tls = tls_, &home,
                             shard, protocol, handle] {
      auto slot = std::make_unique<connection_slot>(open, shard);
      tcp_socket moved{home, protocol, handle};
      make_session(parts, std::move(slot), home, std::move(moved), tls.get())
        ->start();
    });
  }

  void refuse(tcp::socket socket) {
    parts_->counts->http_refused.Increment();
    if (tls_)
      return;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(boost::asio::buffer(busy_response), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  std::shared_ptr<const shared_parts> parts_;
  std::shared_ptr<connections> open_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  uint16_t port_ = 0;
};

struct server::core {
  std::shared_ptr<const shared_parts> parts;
  std::shared_ptr<http::connections> open;
  std::shared_ptr<listener> door;
};

server::server(server_options options,
               std::vector<boost::asio::io_context*> shards, router routes,
               std::shared_ptr<metrics> counts)
  : core_(std::make_shared<core>()) {
  if (shards.empty())
    throw std::invalid_argument("a server needs at least one io_context");
  auto& first = *shards.front();
  core_->parts = std::make_shared<shared_parts>(
    shared_parts{std::move(options), std::move(routes), counts});
  core_->open = std::make_shared<http::connections>(std::move(shards), counts);
  core_->door = std::make_shared<listener>(core_->parts, core_->open, first);
  core_->door->start();
}

server::~server() {
  stop(0ms);
}

uint16_t server::port() const {
  return core_->door->port();
}

std::size_t server::connections() const {
  return core_->open->total();
}

void server::stop(std::chrono::milliseconds deadline,
                  std::function<void()> stopped) {
  core_->door->close();
  core_->open->stop(deadline, std::move(stopped));
}

const router& server::routes() const {
  return core_->parts->routes;
}

} // namespace velox::http

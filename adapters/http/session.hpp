#pragma once

#include "adapters/http/connections.hpp"
#include "adapters/http/raw_response.hpp"
#include "adapters/http/router.hpp"
#include "adapters/http/server.hpp"
#include "adapters/http/upgrade_parts.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>

/// INTERNAL to the server: one HTTP connection.

namespace velox::http {

/// What all connections of a server share.
struct shared_parts {
  server_options options;
  router routes;
  std::shared_ptr<metrics> counts;
};

/// The protocol of one connection: read a request, have it answered, write the
/// response, again. The transport (TCP or TLS) is a subclass. Everything runs
/// on the connection's shard thread; the operation or timer under way keeps
/// the session alive.
class session : public std::enable_shared_from_this<session> {
public:
  session(std::shared_ptr<const shared_parts> parts,
          std::unique_ptr<connection_slot> slot,
          boost::asio::io_context& context);
  virtual ~session();

  /// Begins with the TLS handshake, if there is one, or the first request.
  void start();

  /// Answers the request of this number; ignored when it is over already.
  void answer(uint64_t number, response x);

  /// Answers the handshake that is under way, and closes.
  void refuse_upgrade(response x);

  /// True while a handshake waits for its answer.
  bool awaits_upgrade() const { return phase_ == phase::handling; }

  /// Runs functions on this thread; outlives the session.
  std::function<void(std::function<void()>)> poster();

  /// Moves the socket out. The session is over.
  upgrade_parts take_upgrade();

  std::size_t shard() const { return slot_->shard(); }

protected:
  using error_code = boost::beast::error_code;

  // What the transport does; each ends in the `on_...` of its name.
  virtual bool handshake() = 0; ///< false: there is none
  virtual void read_some() = 0;
  virtual void read_header() = 0;
  virtual void read_body() = 0;
  virtual void write(std::shared_ptr<raw_response> x) = 0;
  virtual void write_continue() = 0;
  virtual void shut_down() = 0; ///< our direction only
  virtual void drain() = 0;     ///< reads and forgets
  virtual tcp_socket& socket() = 0;
  virtual upgrade_stream release_stream() = 0;

  void on_handshake(error_code ec);
  void on_read_some(error_code ec, std::size_t count);
  void on_read_header(error_code ec);
  void on_read_body(error_code ec);
  void on_write(error_code ec);
  void on_write_continue(error_code ec);
  void on_shut_down(error_code ec);
  void on_drain(error_code ec, std::size_t count);

  boost::beast::flat_buffer buffer_;
  std::optional<
    boost::beast::http::request_parser<boost::beast::http::string_body>>
    parser_;
  bool tls_ = false;

private:
  enum class phase : uint8_t {
    handshaking,
    idle, ///< waits for the first byte of a request
    reading_header,
    reading_body,
    handling,
    writing,
    lingering, ///< lets the client read our last response
    closed,
  };

  void await_request();
  void begin_request();
  void enter(phase next, std::chrono::milliseconds limit);
  void on_timeout();
  void on_read_failed(error_code ec);
  void on_request();
  void fill_request();
  void dispatch_upgrade();
  void dispatch();
  responder make_responder();
  void send(response x);
  void fail(response x);
  void close_idle();
  void close_gently();
  void close_now();

  std::shared_ptr<const shared_parts> parts_;
  std::unique_ptr<connection_slot> slot_;
  boost::asio::steady_timer timer_;
  uint64_t wait_ = 0;   ///< numbers the timer's waits
  uint64_t number_ = 0; ///< of the request
  phase phase_ = phase::handshaking;
  request request_;
  bool first_ = true;      ///< no request was read yet
  bool timed_out_ = false; ///< the read under way was cancelled by the timer
  bool keep_alive_ = false;
  bool head_ = false; ///< the request's method is HEAD
  std::size_t drained_ = 0;
};

/// A session on an accepted socket.
std::shared_ptr<session>
make_session(std::shared_ptr<const shared_parts> parts,
             std::unique_ptr<connection_slot> slot,
             boost::asio::io_context& context, tcp_socket socket,
             boost::asio::ssl::context* tls);

} // namespace velox::http

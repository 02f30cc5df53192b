#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost::asio {
class io_context;
} // namespace boost::asio

/// The way out of the engine: HTTP requests and WebSockets to vendors, without
/// a word of Asio, so that a vendor's session stays a plain class that can be
/// tested with a double of `outbound`. Nothing of a request, neither header,
/// key, query nor body, is ever logged or part of an error's text.

namespace velox::net {

using std::chrono::milliseconds;

// -- what can go wrong --------------------------------------------------------

enum class failure : uint8_t {
  bad_url,   ///< not http(s) or ws(s), or no host
  unknown,   ///< no such host (DNS), or the resolver did not answer in time
  refused,   ///< no connection could be made
  untrusted, ///< TLS: the certificate or the handshake is not acceptable
  timed_out, ///< a deadline of the request has passed
  reset,     ///< the connection was lost before the end
  malformed, ///< the peer does not speak the protocol
  too_large, ///< header or body above the limit
  full,      ///< too many requests wait for a connection to this origin
  stopped,   ///< the engine is stopping
};

struct error {
  failure what = failure::reset;
  /// For the log: host and reason, such as "api.deepgram.com: connection
  /// refused". Never a path, a query, a header or a body.
  std::string why;
  /// Whether the request may have reached the peer.
  bool sent = false;
};

const char* to_text(failure x);

using header_list = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of this name (any case); empty when missing.
std::string_view find_header(const header_list& headers, std::string_view name);

// -- HTTP ---------------------------------------------------------------------

struct request {
  std::string method = "GET";
  std::string url; ///< http:// or https://
  header_list headers{};
  std::string body{};
  /// DNS, proxy, TCP and TLS together.
  milliseconds connect_timeout{3'000};
  /// From the end of the request to the end of the response's header.
  milliseconds header_timeout{10'000};
  /// From one piece of the body to the next.
  milliseconds idle_timeout{10'000};
  std::size_t body_limit = 64u << 20; ///< bytes
  /// The URL is a stranger's: only addresses of the public internet are
  /// connected to, whatever its name resolves to, and without a proxy.
  bool public_only = false;
};

struct response_head {
  int status = 0;
  header_list headers;
};

/// Hears what becomes of a request, on the thread of its `outbound`, never
/// during `outbound::send`. After `ended` or `failed`, or once the exchange was
/// cancelled, nothing follows. Each may be empty.
struct exchange_handlers {
  std::function<void(const response_head&)> head{};
  std::function<void(std::string_view)> piece{}; ///< as it comes, not empty
  std::function<void()> ended{};                 ///< the body is complete
  std::function<void(const error&)> failed{};
};

/// One request under way.
class exchange {
public:
  virtual ~exchange() = default;

  /// Gives up: what is on its way is drained when that is little and near, or
  /// else the connection is closed. Any thread; idempotent. On the outbound's
  /// own thread no handler runs afterwards.
  virtual void cancel() = 0;
};

// -- WebSocket ----------------------------------------------------------------

struct socket_request {
  std::string url; ///< ws:// or wss://
  header_list headers{};
  std::string subprotocol{};
  milliseconds connect_timeout{3'000}; ///< until the handshake is complete
  /// Nothing at all from the peer, pongs included, for so long: lost. It is
  /// pinged halfway. 0: never.
  milliseconds idle_timeout{30'000};
  std::size_t message_limit = 16u << 20; ///< bytes of one incoming message
  std::size_t queue_limit = 4u << 20;    ///< bytes waiting to be written
};

/// How a socket ended, or why it never opened.
struct socket_end {
  uint16_t code = 1006; ///< RFC 6455, 7.4.1; 1006: without a close frame
  std::string reason{}; ///< the peer's, at most 123 bytes
  /// The handshake was answered with another status than 101.
  std::optional<response_head> refused{};
  std::string refused_body{}; ///< at most 4 KiB
  /// The connection could not be made, or was lost.
  std::optional<error> broken{};
};

/// Hears what happens on a socket, on the thread of its `outbound`.
struct socket_handlers {
  std::function<void(const response_head&)> opened{};
  std::function<void(std::string_view)> text{};
  std::function<void(std::string_view)> binary{};
  /// Exactly once unless the socket was dropped before.
  std::function<void(const socket_end&)> closed{};
};

/// One WebSocket to a vendor. Any thread may call it.
class socket {
public:
  virtual ~socket() = default;

  /// Queues a message; what is sent before the socket has opened waits. More
  /// than the queue's limit: the socket ends with 1006 and `failure::full`.
  virtual void text(std::string message) = 0;
  virtual void binary(std::vector<uint8_t> message) = 0;

  /// Closes once all that is queued was written, at most 2 s later; `closed`
  /// follows.
  virtual void close(uint16_t code = 1000) = 0;

  /// Closes at once and reports nothing any more.
  virtual void drop() = 0;
};

// -- the door -----------------------------------------------------------------

/// A timer that is set. Destroying it, on the outbound's thread, stops it.
class timer {
public:
  virtual ~timer() = default;
};

/// How often a connection was there already.
struct outbound_counts {
  uint64_t requests = 0;
  uint64_t connections = 0; ///< made, WebSockets included
  uint64_t reused = 0;      ///< requests on a connection that was open
  uint64_t tls_handshakes = 0;
  uint64_t tls_resumed = 0; ///< of them, with a session from before
  uint64_t open = 0;        ///< connections now
};

/// The way out of one thread: its connections, kept for the next request to
/// the same origin, and its timers.
class outbound {
public:
  virtual ~outbound() = default;

  /// Runs `f` on the outbound's thread: at once when called there, else as
  /// soon as possible.
  virtual void dispatch(std::function<void()> f) = 0;

  /// Any thread; `f` runs on the outbound's thread, unless the timer is
  /// destroyed before.
  virtual std::unique_ptr<timer>
  after(milliseconds wait, std::function<void()> f) = 0;

  /// Starts a request. Any thread.
  virtual std::shared_ptr<exchange> send(request x, exchange_handlers hears)
    = 0;

  /// Starts a WebSocket. Any thread.
  virtual std::shared_ptr<socket>
  connect(socket_request x, socket_handlers hears) = 0;

  virtual outbound_counts counts() const = 0;

  /// Ends everything with `failure::stopped`; nothing new begins. Any thread.
  virtual void stop() = 0;
};

using outbound_ptr = std::shared_ptr<outbound>;

/// The way out of the calling thread: a session lives on the shard of its call.
using outbound_source = std::function<outbound_ptr()>;

struct outbound_options {
  /// A PEM file of authorities to trust beside the system's.
  std::string ca_file{};
  /// HTTPS_PROXY, HTTP_PROXY and NO_PROXY are honoured (CONNECT for TLS).
  bool environment_proxy = true;
  std::size_t connections_per_origin = 256; ///< HTTP ones, at once
  std::size_t waiting_per_origin = 1024;    ///< requests without connection
  milliseconds keep_alive{30'000}; ///< how long an idle connection is kept
  milliseconds dns_memory{30'000}; ///< how long an address is believed
};

/// One way out per io_context. They share TLS settings and sessions, and the
/// threads that ask DNS. Throws std::runtime_error that names the file when
/// `ca_file` cannot be read.
std::vector<outbound_ptr>
make_outbounds(const outbound_options& options,
               const std::vector<boost::asio::io_context*>& contexts);

// -- vendors ------------------------------------------------------------------

/// Where a vendor is, and what opens its door.
struct vendor_access {
  std::string base_url; ///< without a slash at its end
  std::string key;      ///< empty: the vendor asks for none (self-hosted)
};

/// What every vendor's factory is made with. `access` is read afresh for each
/// session or request, so a changed key is used by the next one; any thread.
struct vendor {
  outbound_source out;
  std::function<vendor_access()> access;
};

} // namespace velox::net

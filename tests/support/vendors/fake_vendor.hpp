#pragma once

#include "tests/support/vendors/vendor_certificates.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the fakes of all vendors share: a server over real sockets and TLS with
/// the tests' own authority, on which a vendor's behaviour is written down as
/// one blocking function per connection.

namespace velox::test {

using std::chrono::milliseconds;

/// What goes wrong with a vendor, set by a test at any time. Applies to the
/// next `times` requests or handshakes (-1: to all), then the fake is well.
struct vendor_trouble {
  int times = -1;
  int status = 0;              ///< answer this instead: 401, 429, 500, 503
  std::string body{};          ///< with `status`; empty: the vendor's own words
  std::string retry_after{};   ///< the header's value, with `status`
  bool refuse = false;         ///< close at once, before a word
  bool silent = false;         ///< take everything, answer nothing (half-open)
  int64_t reset_after = -1;    ///< RST once so many bytes of the answer are out
  milliseconds first_byte{0};  ///< wait before the answer
  milliseconds between{0};     ///< wait between two pieces of the answer
  std::size_t piece_bytes = 0; ///< cut what is written into pieces: 1, 1023...
  bool garbage = false;        ///< answer bytes that are no HTTP
};

struct vendor_request {
  std::string method;
  std::string path; ///< without the query
  std::map<std::string, std::vector<std::string>> query{}; ///< decoded
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  bool is_websocket = false;

  /// The first header of this name, any case; empty when missing.
  std::string header(std::string_view name) const;
  /// The first value of this query parameter; empty when missing.
  std::string parameter(const std::string& name) const;
};

struct vendor_message {
  bool binary = false;
  bool closed = false; ///< the peer's close frame, or the end of the connection
  uint16_t close_code = 0;
  std::string data{};
};

/// Thrown out of every function of `vendor_connection` when the peer has gone
/// or the fake stops; a behaviour need not catch it.
struct vendor_gone {};

/// One connection. Everything blocks, and gives way when the fake stops.
class vendor_connection {
public:
  virtual ~vendor_connection() = default;

  // -- HTTP
  virtual void
  respond(int status, std::string_view body,
          std::vector<std::pair<std::string, std::string>> headers = {})
    = 0;
  /// A body of unknown length: `Transfer-Encoding: chunked`.
  /// With a `Content-Length` among the headers the pieces go out unframed.
  /// A behaviour that returns without `end` cuts the answer off.
  virtual void
  begin(int status, std::vector<std::pair<std::string, std::string>> headers)
    = 0;
  virtual void piece(std::string_view bytes) = 0;
  virtual void end() = 0;

  // -- WebSocket
  virtual void
  accept(std::vector<std::pair<std::string, std::string>> headers = {})
    = 0;
  virtual void text(std::string_view message) = 0;
  virtual void binary(std::string_view message) = 0;
  /// The next message; nothing when none came in time.
  virtual std::optional<vendor_message> receive(milliseconds wait) = 0;
  virtual void close(uint16_t code, std::string_view reason) = 0;

  // -- both
  /// Bytes as they are, past all framing (inside TLS).
  virtual void raw(std::string_view bytes) = 0;
  /// Waits; throws `vendor_gone` when the peer leaves meanwhile.
  virtual void pause(milliseconds span) = 0;
  /// Ends the connection with a TCP reset.
  virtual void reset() = 0;
  /// From here on nothing is written any more, not even a pong, while the
  /// connection stays up until the peer leaves: a path that has gone dead.
  virtual void fall_silent() = 0;
};

/// How a fake differs from a vendor in good order.
struct fake_vendor_options {
  bool tls = true;
  vendor_leaf certificate = vendor_leaf::good;
  /// The vendor's own words for an error, as JSON, by status: the body of a
  /// `vendor_trouble` that has a status and no body. Any thread.
  std::function<std::string(int)> words{};
};

/// A server on a free port of 127.0.0.1. `behaviour` answers each request or
/// handshake; the framework reads it, applies the trouble that is set, keeps
/// connections alive, and answers 500 when `behaviour` throws. Threads: one per
/// connection. Destruction ends all of them.
class fake_vendor {
public:
  using behaviour
    = std::function<void(const vendor_request&, vendor_connection&)>;

  explicit fake_vendor(behaviour answer, bool tls = true);
  fake_vendor(behaviour answer, fake_vendor_options options);
  ~fake_vendor();
  fake_vendor(const fake_vendor&) = delete;
  fake_vendor& operator=(const fake_vendor&) = delete;

  /// "https://localhost:41234" or "http://localhost:41234".
  std::string url() const;
  /// The same as "wss://..." or "ws://...".
  std::string socket_url() const;
  uint16_t port() const;

  void set_trouble(vendor_trouble x);

  /// Stops listening and resets all connections; `restart` listens again on
  /// the same port, which stays reserved. Not to be called by a behaviour.
  void down();
  void restart();

  // -- what happened
  int connections() const; ///< accepted in all
  int open() const;        ///< now
  int requests() const;    ///< requests and handshakes
  /// Connections and handlers that ended because the peer left before the end
  /// of the answer; a WebSocket: without a close frame, or with one while the
  /// behaviour was not at `receive`.
  int abandoned() const;
  std::vector<vendor_request> seen() const;

  /// Waits, at most 5 s, until no connection is open.
  bool wait_until_idle() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace velox::test

#pragma once

#include "tests/support/vendors/vendor_frames.hpp"

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace velox::test {

/// How a connection stands, as the client sees it.
enum class client_end : uint8_t {
  open,   ///< nothing came for as long as was waited
  closed, ///< in good order
  reset,
};

struct client_answer {
  int status = 0; ///< 0: none came
  std::string head{};
  std::string body{}; ///< chunks put together
  bool whole = false; ///< nothing is missing
};

struct client_options {
  bool tls = true;
  int tls_version = 0; ///< such as TLS1_2_VERSION; 0: any
  SSL_SESSION* resume = nullptr;
  std::string protocols{}; ///< ALPN, as on the wire
  int receive_buffer = 0;  ///< bytes; 0: the system's
};

/// A blocking client that owes nothing to the engine, to test the fakes with.
/// Waits for at most five seconds.
class fake_vendor_client {
public:
  explicit fake_vendor_client(uint16_t port, client_options options = {});
  fake_vendor_client(const fake_vendor_client&) = delete;
  fake_vendor_client& operator=(const fake_vendor_client&) = delete;
  ~fake_vendor_client();

  bool connected() const { return fd_ >= 0; } ///< TCP
  bool ready() const { return ready_; }       ///< TLS too
  long verified() const;                      ///< X509_V_OK, or what is wrong
  SSL* ssl() const { return ssl_.get(); }

  void send(std::string_view bytes);
  /// Sends a request without a body and reads the answer.
  client_answer get(std::string_view target);
  client_answer read_answer();

  /// Reads until something else than bytes happens.
  client_end read_to_end(std::string& out, int wait_ms = 5000);

  // -- WebSocket
  client_answer upgrade(std::string_view target);
  void send_frame(const vendor_frame& x);
  /// The next frame; an empty close frame that is not `last` when none came.
  vendor_frame read_frame();

private:
  bool fill(int wait_ms = 5000);
  int read_now(char* chunk, int size);
  bool fill_to(std::size_t bytes);
  bool make_secure(const client_options& options);
  bool read_chunks(std::string& out);

  struct closer {
    void operator()(SSL* x) const { SSL_free(x); }
    void operator()(SSL_CTX* x) const { SSL_CTX_free(x); }
  };

  int fd_ = -1;
  std::unique_ptr<SSL_CTX, closer> context_;
  std::unique_ptr<SSL, closer> ssl_;
  bool ready_ = false;
  client_end end_ = client_end::open;
  std::string inbox_;
};

} // namespace velox::test

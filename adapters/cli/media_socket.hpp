#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace velox::cli {

/// How a media socket ended.
struct socket_end {
  /// The close code of RFC 6455, 7.4; 1006 when the connection was lost
  /// without one.
  uint16_t code = 1006;
  std::string reason;
};

/// The engine answered the upgrade with something else.
class upgrade_refused : public std::runtime_error {
public:
  upgrade_refused(int status, const std::string& text)
    : std::runtime_error(text), status_(status) {}

  /// The HTTP status of the answer; 0 when it was not HTTP.
  int status() const { return status_; }

private:
  int status_;
};

/// A carrier's end of a media stream: a WebSocket client, plain or TLS, on the
/// thread that runs its io_context.
class media_socket {
public:
  virtual ~media_socket() = default;

  /// Starts to read: every text frame goes to `on_text`, then `on_end` is
  /// called once. A binary frame is given as empty text.
  virtual void read(std::function<void(std::string_view)> on_text,
                    std::function<void(socket_end)> on_end)
    = 0;

  /// Queues a text frame.
  virtual void send(std::string text) = 0;

  /// Closes with this code once all that is queued was written.
  virtual void close(uint16_t code) = 0;
};

/// What is needed to open a media socket.
struct media_socket_options {
  std::string url{}; ///< ws:// or wss://
  /// Value of the header X-Twilio-Signature.
  std::string signature{};
  std::chrono::milliseconds timeout{10'000};
  bool insecure = false; ///< accept any certificate
};

/// Connects and upgrades, running `io` until done. Throws `unreachable`
/// (http_client.hpp), `upgrade_refused`, and `std::invalid_argument` for a URL
/// that is none.
std::shared_ptr<media_socket>
open_media_socket(boost::asio::io_context& io,
                  const media_socket_options& options);

} // namespace velox::cli

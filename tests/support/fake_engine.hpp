#pragma once

#include "protocol/form.hpp"
#include "protocol/twilio_media.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace velox::test {

/// A media stream as the fake engine sees it. Methods are for the engine's
/// `on_event`, on its thread.
class fake_stream {
public:
  virtual ~fake_stream() = default;

  /// Queues audio at the carrier, in one frame.
  virtual void play(std::span<const uint8_t> mulaw) = 0;
  virtual void mark(const std::string& name) = 0;
  virtual void clear() = 0;
  /// Sends this text as a frame, as it is.
  virtual void raw(const std::string& text) = 0;
  virtual void close(uint16_t code, const std::string& reason) = 0;
  /// Sends a close frame without waiting for the other one.
  virtual void start_closing(uint16_t code) = 0;

  /// Media frames received on this stream; the 20 ms clock of the script.
  virtual size_t frames() const = 0;

  /// Counts the streams of this engine from 0.
  virtual size_t number() const = 0;
};

/// Something that the telephone sent on a media stream.
struct stream_event {
  std::chrono::steady_clock::time_point at;
  size_t stream = 0;
  twilio_event event;
  std::vector<uint8_t> audio; ///< of a media event
};

struct fake_request {
  std::string method;
  std::string target;
  std::string authorization;
  std::string body;
  std::string range{};
};

struct fake_answer {
  int status = 200;
  std::string body{};
  std::string content_type = "text/xml";
};

/// An engine that does what the test says: answers the carrier's webhooks,
/// checks their signatures, takes media streams and records all that comes.
class fake_engine {
public:
  struct options {
    std::string auth_token = "an auth token";
    /// Answers a webhook whose signature is right. Default: connects to
    /// `stream_url`, then redirects to /voice/resume, which hangs up.
    std::function<fake_answer(const std::string& path, const form& fields)>
      on_webhook{};
    /// Answers what is no webhook. Default: 404.
    std::function<fake_answer(const fake_request&)> on_request{};
    /// Called for each event on a media stream.
    std::function<void(fake_stream&, const stream_event&)> on_event{};
    /// Answers upgrades with this instead of accepting them, unless 0.
    int refuse_upgrade = 0;
  };

  explicit fake_engine(options x);
  ~fake_engine();

  uint16_t port() const;
  /// "http://127.0.0.1:port"
  std::string url() const;
  /// "ws://127.0.0.1:port/media-stream"
  std::string stream_url() const;
  /// The TwiML that connects a call, a parameter "token" with it, and
  /// redirects to /voice/resume behind it.
  std::string connect_twiml() const;

  /// What came so far.
  std::vector<stream_event> events() const;
  std::vector<fake_request> requests() const;
  /// How many webhooks and upgrades were not signed as they should be.
  size_t bad_signatures() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// A tone of 1 kHz at about -13 dBFS, mu-law.
std::vector<uint8_t> tone(std::chrono::milliseconds length);

} // namespace velox::test

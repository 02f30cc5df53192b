#pragma once

#include "protocol/twilio_peer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Twilio's end of a media socket, as a test plays it: every call waits for its
/// effect, five seconds at most.
class media_client {
public:
  /// Connects to 127.0.0.1; with `tls`, trusting any certificate.
  explicit media_client(uint16_t port, bool tls = false,
                        std::string path = "/media-stream");
  ~media_client();

  void send(const std::string& text);
  void send_binary(const std::string& data);

  /// Bytes past all framing, in one piece.
  void raw(const std::string& bytes);

  /// `connected` and `start` with these parameters.
  void begin(const velox::twilio_start& start);
  void media(std::vector<uint8_t> mulaw,
             velox::twilio_track track = velox::twilio_track::inbound);
  /// The same with a time stamp, in ms; it is 0 otherwise.
  void media_at(uint64_t timestamp_ms, std::vector<uint8_t> mulaw);
  void dtmf(char digit);
  void mark(const std::string& name);
  void stop();

  /// The next frame of the engine, as JSON; none when it has closed.
  std::optional<std::string> receive();

  /// Reads until the engine closes; its close code. 0: it never did.
  uint16_t await_close();
  std::string close_reason() const;

  /// Ends the TCP connection without a word.
  void vanish();
  /// A proper WebSocket close.
  void close();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
  velox::twilio_peer_writer writer_{"MZ01"};
};

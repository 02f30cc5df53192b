#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// A plain TCP client that sends what a test gives it, however wrong, and never
/// waits longer than five seconds.
class raw_client {
public:
  explicit raw_client(uint16_t port);
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  ~raw_client();

  void send(std::string_view text);

  /// Everything up to the end of the connection; "<timeout>" is appended when
  /// the server does not close it.
  std::string read_all();

  /// One response with a Content-Length, headers and body.
  std::string read_response();

  /// True when the server closed without sending anything more.
  bool closed();

private:
  bool receive();

  int fd_ = -1;
  std::string buffer_;
};

/// The number behind "HTTP/1.1 ", or 0.
unsigned status_of(std::string_view response);

/// What follows the empty line.
std::string body_of(std::string_view response);

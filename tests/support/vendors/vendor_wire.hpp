#pragma once

#include "tests/support/vendors/fake_vendor.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace velox::test {

using vendor_clock = std::chrono::steady_clock;

/// Set once; whoever polls `fd` for reading is woken, now and ever after.
class stop_signal {
public:
  stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;
  ~stop_signal();

  int fd() const { return fd_; }
  void set();
  bool is_set() const;

private:
  int fd_ = -1;
};

/// One accepted TCP connection, with TLS or without. One thread; every wait
/// gives way to the stop signal with `vendor_gone`. What the peer says is read
/// whenever this waits for anything, so its leaving is never overlooked.
class vendor_wire {
public:
  /// Takes a non-blocking socket.
  vendor_wire(int fd, std::shared_ptr<stop_signal> stop);
  vendor_wire(const vendor_wire&) = delete;
  vendor_wire& operator=(const vendor_wire&) = delete;
  /// Closes; with a reset when the fake stops.
  ~vendor_wire();

  /// The TLS handshake; false when it came to nothing.
  bool secure(SSL_CTX* context);

  /// Waits for more bytes in `inbox`; false when none came in time. Throws
  /// `vendor_gone` at the end of the connection.
  bool fill(vendor_clock::time_point until);

  /// What was read and not yet taken.
  std::string inbox;

  /// Writes all; throws `vendor_gone` when that cannot be.
  void write(std::string_view bytes);

  /// Ends with a TCP reset, after what was written has arrived.
  void reset();

  /// Ends in good order: the peer can read all that was written.
  void finish();

  /// The peer has ended the connection, or broken it.
  bool left() const { return left_; }
  /// It was this side: by `reset`, or because the fake stops.
  bool ended_here() const { return fd_ < 0 || stop_->is_set(); }

private:
  struct free_ssl {
    void operator()(SSL* x) const { SSL_free(x); }
  };

  /// Which of `events` came to be; 0 when the time is up.
  short wait(short events, vendor_clock::time_point until);
  /// Reads what is there without waiting: the number of bytes.
  std::size_t read_some();
  /// The number of bytes written, 0 when it must wait.
  std::size_t write_some(std::string_view bytes);
  [[noreturn]] void lost();

  int fd_ = -1;
  std::shared_ptr<stop_signal> stop_;
  std::unique_ptr<SSL, free_ssl> ssl_;
  bool left_ = false;
};

} // namespace velox::test

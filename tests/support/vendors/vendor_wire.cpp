#include "tests/support/vendors/vendor_wire.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace velox::test {

using namespace std::chrono_literals;

// -- the stop signal

stop_signal::stop_signal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0)
    throw std::runtime_error("cannot make an eventfd");
}

stop_signal::~stop_signal() {
  ::close(fd_);
}

void stop_signal::set() {
  // Nobody ever reads it, so it stays readable.
  if (eventfd_write(fd_, 1) != 0)
    throw std::runtime_error("cannot write to an eventfd");
}

bool stop_signal::is_set() const {
  pollfd look{fd_, POLLIN, 0};
  return poll(&look, 1, 0) == 1;
}

// -- the wire

vendor_wire::vendor_wire(int fd, std::shared_ptr<stop_signal> stop)
  : fd_(fd), stop_(std::move(stop)) {
  // Pieces are to arrive as pieces.
  int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

vendor_wire::~vendor_wire() {
  if (fd_ < 0)
    return;
  if (stop_->is_set()) {
    linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  ::close(fd_);
}

bool vendor_wire::secure(SSL_CTX* context) {
  ssl_.reset(SSL_new(context));
  if (!ssl_ || !SSL_set_fd(ssl_.get(), fd_))
    throw std::runtime_error("cannot make a TLS connection");
  for (;;) {
    ERR_clear_error();
    auto result = SSL_accept(ssl_.get());
    if (result == 1)
      return true;
    auto why = SSL_get_error(ssl_.get(), result);
    if (why == SSL_ERROR_WANT_READ)
      wait(POLLIN, vendor_clock::time_point::max());
    else if (why == SSL_ERROR_WANT_WRITE)
      wait(POLLOUT, vendor_clock::time_point::max());
    else
      return false;
  }
}

bool vendor_wire::fill(vendor_clock::time_point until) {
  for (;;) {
    if (read_some() > 0)
      return true;
    if (left_)
      lost();
    if (wait(POLLIN, until) == 0)
      return false;
  }
}

void vendor_wire::write(std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = write_some(bytes);
    bytes.remove_prefix(n);
    if (n == 0
        && (wait(POLLIN | POLLOUT, vendor_clock::time_point::max()) & POLLIN)
        && read_some() == 0 && left_)
      lost();
  }
}

void vendor_wire::reset() {
  if (fd_ < 0)
    return;
  // A reset drops what the kernel has not sent yet, and a test counts on what
  // was written before. A peer that does not read is not waited for long.
  auto until = vendor_clock::now() + 1s;
  int unsent = 0;
  while (ioctl(fd_, SIOCOUTQ, &unsent) == 0 && unsent > 0
         && vendor_clock::now() < until && !stop_->is_set()) {
    pollfd nap{stop_->fd(), POLLIN, 0};
    poll(&nap, 1, 1);
  }
  linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  ::close(std::exchange(fd_, -1));
}

void vendor_wire::finish() {
  if (fd_ < 0)
    return;
  if (ssl_ && !left_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  shutdown(fd_, SHUT_WR);
  // Closing with bytes unread would reset, and cost the peer our last words.
  auto until = vendor_clock::now() + 1s;
  char scrap[4096];
  while (!left_ && wait(POLLIN, until) != 0) {
    auto n = recv(fd_, scrap, sizeof(scrap), 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
      break;
  }
}

short vendor_wire::wait(short events, vendor_clock::time_point until) {
  for (;;) {
    int timeout = -1;
    if (until != vendor_clock::time_point::max()) {
      auto left = std::chrono::ceil<milliseconds>(until - vendor_clock::now());
      timeout = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1 << 30));
    }
    pollfd both[] = {{fd_, events, 0}, {stop_->fd(), POLLIN, 0}};
    auto n = poll(both, 2, timeout);
    if (n < 0 && errno != EINTR)
      lost();
    if (both[1].revents || fd_ < 0)
      throw vendor_gone{};
    if (n > 0 && both[0].revents) {
      // An error or hang-up shows when the socket is read.
      if (both[0].revents & (POLLERR | POLLHUP))
        return POLLIN;
      return both[0].revents;
    }
    if (n == 0)
      return 0;
  }
}

std::size_t vendor_wire::read_some() {
  if (fd_ < 0)
    throw vendor_gone{};
  char chunk[16 * 1024];
  if (!ssl_) {
    auto n = recv(fd_, chunk, sizeof(chunk), 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
      left_ = true;
    if (n <= 0)
      return 0;
    inbox.append(chunk, static_cast<std::size_t>(n));
    return static_cast<std::size_t>(n);
  }
  ERR_clear_error();
  std::size_t n = 0;
  if (SSL_read_ex(ssl_.get(), chunk, sizeof(chunk), &n)) {
    inbox.append(chunk, n);
    return n;
  }
  auto why = SSL_get_error(ssl_.get(), 0);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
    left_ = true;
  return 0;
}

std::size_t vendor_wire::write_some(std::string_view bytes) {
  if (fd_ < 0)
    throw vendor_gone{};
  if (!ssl_) {
    auto n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0)
      return static_cast<std::size_t>(n);
    if (errno != EAGAIN && errno != EINTR)
      lost();
    return 0;
  }
  ERR_clear_error();
  std::size_t n = 0;
  if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n))
    return n;
  auto why = SSL_get_error(ssl_.get(), 0);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
    lost();
  return 0;
}

void vendor_wire::lost() {
  left_ = true;
  throw vendor_gone{};
}

} // namespace velox::test

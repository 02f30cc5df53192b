#include "tests/support/vendors/fake_vendor.hpp"

#include "tests/support/vendors/vendor_exchange.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace velox::test {

using namespace std::chrono_literals;

namespace {

struct free_context {
  void operator()(SSL_CTX* x) const { SSL_CTX_free(x); }
};

using context_ptr = std::unique_ptr<SSL_CTX, free_context>;

/// Picks http/1.1 when the client offers it, and fails when it offers others
/// alone, as vendors do.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  auto picked
    = SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, ours,
                            sizeof(ours) - 1, offered, size);
  return picked == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                          : SSL_TLSEXT_ERR_ALERT_FATAL;
}

context_ptr make_context(vendor_leaf which) {
  auto& leaf = certificate_of(which);
  context_ptr out{SSL_CTX_new(TLS_server_method())};
  auto* x = out.get();
  if (!x || !SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION)
      || SSL_CTX_use_certificate_chain_file(x, leaf.chain.c_str()) != 1
      || SSL_CTX_use_PrivateKey_file(x, leaf.key.c_str(), SSL_FILETYPE_PEM)
           != 1)
    throw std::runtime_error("cannot set up TLS for a fake vendor");
  static constexpr unsigned char id[] = "velox";
  SSL_CTX_set_session_id_context(x, id, sizeof(id) - 1);
  SSL_CTX_set_mode(x, SSL_MODE_ENABLE_PARTIAL_WRITE
                        | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(x, choose_protocol, nullptr);
  return out;
}

/// A file descriptor that closes itself.
class descriptor {
public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  descriptor(descriptor&& other) : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() { close(); }

  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

private:
  int fd_;
};

/// A socket bound to 127.0.0.1; port 0 means any that is free.
descriptor bound(uint16_t port) {
  descriptor out{
    socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  int on = 1;
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Without SO_REUSEADDR a free port is nobody's; with it, set below, the
  // listeners can share it.
  if (port != 0)
    setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(out.get(), reinterpret_cast<sockaddr*>(&where), sizeof(where)) != 0)
    throw std::runtime_error("a fake vendor finds no port");
  setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  return out;
}

uint16_t port_of(const descriptor& x) {
  sockaddr_in where{};
  socklen_t size = sizeof(where);
  getsockname(x.get(), reinterpret_cast<sockaddr*>(&where), &size);
  return ntohs(where.sin_port);
}

} // namespace

// -- what a request says

std::string vendor_request::header(std::string_view name) const {
  for (auto& [key, value] : headers)
    if (same_name(key, name))
      return value;
  return {};
}

std::string vendor_request::parameter(const std::string& name) const {
  auto found = query.find(name);
  return found == query.end() ? std::string{} : found->second.front();
}

// -- the server

struct fake_vendor::impl {
  impl(behaviour what, fake_vendor_options how)
    : answer(std::move(what)), options(std::move(how)) {
    if (options.tls)
      context = make_context(options.certificate);
  }

  struct worker {
    std::thread thread{};
    std::atomic<bool> done{false};
  };

  void listen();
  void stop();
  void accept_all(std::shared_ptr<stop_signal> stop);
  void serve(int fd, const std::shared_ptr<stop_signal>& stop);
  void converse(vendor_wire& wire);
  void reap();
  vendor_trouble take_trouble();
  bool take_refusal();
  void count(int impl::*what, int by);

  const behaviour answer;
  const fake_vendor_options options;
  context_ptr context; ///< outlives `down`, so that sessions can be resumed
  descriptor reserved = bound(0); ///< never listens: keeps the port ours
  const uint16_t port = port_of(reserved);

  /// Held while the server is stopped or started.
  std::mutex control;
  descriptor listener;
  std::shared_ptr<stop_signal> stopping;
  std::thread acceptor;
  std::list<worker> workers; ///< the acceptor's, while there is one

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  vendor_trouble trouble;
  std::vector<vendor_request> seen;
  int connections = 0;
  int open = 0;
  int requests = 0;
  int abandoned = 0;
};

void fake_vendor::impl::listen() {
  std::lock_guard guard{control};
  if (acceptor.joinable())
    return;
  stopping = std::make_shared<stop_signal>();
  listener = bound(port);
  if (::listen(listener.get(), 1024) != 0)
    throw std::runtime_error("a fake vendor cannot listen");
  acceptor = std::thread([this, stop = stopping] { accept_all(stop); });
}

void fake_vendor::impl::stop() {
  std::lock_guard guard{control};
  if (!acceptor.joinable())
    return;
  stopping->set();
  acceptor.join();
  listener.close();
  for (auto& x : workers)
    x.thread.join();
  workers.clear();
}

void fake_vendor::impl::accept_all(std::shared_ptr<stop_signal> stop) {
  pollfd both[] = {{listener.get(), POLLIN, 0}, {stop->fd(), POLLIN, 0}};
  for (;;) {
    poll(both, 2, -1);
    if (both[1].revents)
      return;
    auto fd
      = accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
      continue;
    reap();
    count(&impl::connections, 1);
    count(&impl::open, 1);
    auto& x = workers.emplace_back();
    x.thread = std::thread([this, fd, stop, &x] {
      serve(fd, stop);
      count(&impl::open, -1);
      x.done = true;
    });
  }
}

void fake_vendor::impl::reap() {
  std::erase_if(workers, [](worker& x) {
    auto done = x.done.load();
    if (done)
      x.thread.join();
    return done;
  });
}

void fake_vendor::impl::serve(int fd,
                              const std::shared_ptr<stop_signal>& stop) {
  // OpenSSL writes without MSG_NOSIGNAL.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  vendor_wire wire{fd, stop};
  if (take_refusal())
    return;
  try {
    if (!context || wire.secure(context.get()))
      converse(wire);
  } catch (const vendor_gone&) {
    if (!wire.inbox.empty() && !wire.ended_here())
      count(&impl::abandoned, 1); // in the middle of a request
  } catch (const bad_vendor_request& x) {
    try {
      vendor_exchange{wire, {{}, false}, {}}.respond(400, x.what(), {});
      wire.finish();
    } catch (const vendor_gone&) {
      // nobody to tell
    }
  }
}

void fake_vendor::impl::converse(vendor_wire& wire) {
  for (auto more = true; more;) {
    auto asked = read_request(wire);
    {
      std::lock_guard guard{mutex};
      ++requests;
      seen.push_back(asked.request);
      changed.notify_all();
    }
    vendor_exchange exchange{wire, std::move(asked), take_trouble()};
    try {
      more = exchange.run(answer, options.words);
    } catch (const vendor_gone&) {
      more = false;
    }
    if (exchange.abandoned())
      count(&impl::abandoned, 1);
  }
}

vendor_trouble fake_vendor::impl::take_trouble() {
  std::lock_guard guard{mutex};
  if (trouble.times == 0)
    return {};
  if (trouble.times > 0)
    --trouble.times;
  return trouble;
}

/// Whether a connection that was just made is to be closed at once.
bool fake_vendor::impl::take_refusal() {
  std::lock_guard guard{mutex};
  if (!trouble.refuse || trouble.times == 0)
    return false;
  if (trouble.times > 0)
    --trouble.times;
  return true;
}

void fake_vendor::impl::count(int impl::*what, int by) {
  std::lock_guard guard{mutex};
  this->*what += by;
  changed.notify_all();
}

// -- the handle

fake_vendor::fake_vendor(behaviour answer, bool tls)
  : fake_vendor(std::move(answer), fake_vendor_options{.tls = tls}) {}

fake_vendor::fake_vendor(behaviour answer, fake_vendor_options options)
  : impl_(std::make_unique<impl>(std::move(answer), std::move(options))) {
  impl_->listen();
}

fake_vendor::~fake_vendor() {
  impl_->stop();
}

std::string fake_vendor::url() const {
  return std::string(impl_->options.tls ? "https" : "http")
         + "://localhost:" + std::to_string(port());
}

std::string fake_vendor::socket_url() const {
  return std::string(impl_->options.tls ? "wss" : "ws")
         + "://localhost:" + std::to_string(port());
}

uint16_t fake_vendor::port() const {
  return impl_->port;
}

void fake_vendor::set_trouble(vendor_trouble x) {
  std::lock_guard guard{impl_->mutex};
  impl_->trouble = std::move(x);
}

void fake_vendor::down() {
  impl_->stop();
}

void fake_vendor::restart() {
  impl_->listen();
}

int fake_vendor::connections() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->connections;
}

int fake_vendor::open() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->open;
}

int fake_vendor::requests() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->requests;
}

int fake_vendor::abandoned() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->abandoned;
}

std::vector<vendor_request> fake_vendor::seen() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->seen;
}

bool fake_vendor::wait_until_idle() const {
  std::unique_lock guard{impl_->mutex};
  return impl_->changed.wait_for(guard, 5s,
                                 [this] { return impl_->open == 0; });
}

} // namespace velox::test

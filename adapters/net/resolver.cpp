#include "adapters/net/resolver.hpp"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace velox::net {

namespace {

namespace ip = boost::asio::ip;
using clock = std::chrono::steady_clock;

constexpr std::size_t most_threads = 4;
constexpr std::size_t most_remembered = 1024;

/// A resolver that ends does not wait longer for a name server.
constexpr std::chrono::milliseconds last_wait{1'000};

void append(const sockaddr& from, resolver::addresses& out) {
  if (from.sa_family == AF_INET) {
    sockaddr_in x{};
    std::memcpy(&x, &from, sizeof x);
    out.emplace_back(ip::address_v4{ntohl(x.sin_addr.s_addr)});
  } else if (from.sa_family == AF_INET6) {
    sockaddr_in6 x{};
    std::memcpy(&x, &from, sizeof x);
    ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &x.sin6_addr, bytes.size());
    out.emplace_back(ip::address_v6{bytes, x.sin6_scope_id});
  }
}

resolver::addresses ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  resolver::addresses out;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0)
    return out;
  for (auto* x = found; x; x = x->ai_next)
    append(*x->ai_addr, out);
  freeaddrinfo(found);
  return out;
}

} // namespace

struct resolver::state {
  struct memory_entry {
    addresses known;
    clock::time_point until;
  };

  std::mutex mutex;
  std::condition_variable changed;
  std::chrono::milliseconds memory{0};
  lookup ask;
  std::map<std::string, memory_entry> remembered;
  std::map<std::string, std::vector<answer>> asking;
  std::deque<std::string> questions;
  std::size_t idle = 0;  ///< threads that wait for a question
  std::size_t alive = 0; ///< threads that have not ended
  bool ending = false;
  std::vector<std::thread> threads;

  void work() {
    std::unique_lock lock{mutex};
    for (;;) {
      ++idle;
      changed.wait(lock, [this] { return ending || !questions.empty(); });
      --idle;
      if (ending)
        break;
      auto host = std::move(questions.front());
      questions.pop_front();
      lock.unlock();
      auto found = ask(host);
      lock.lock();
      remember(host, found);
      auto hears = std::move(asking[host]);
      asking.erase(host);
      lock.unlock();
      for (auto& f : hears)
        f(found);
      hears.clear();
      lock.lock();
    }
    --alive;
    changed.notify_all();
  }

  void remember(const std::string& host, const addresses& found) {
    if (found.empty() || memory.count() <= 0)
      return;
    if (remembered.size() >= most_remembered)
      remembered.clear();
    remembered[host] = {found, clock::now() + memory};
  }
};

resolver::resolver(std::chrono::milliseconds memory, lookup ask)
  : state_(std::make_shared<state>()) {
  state_->memory = memory;
  state_->ask = ask ? std::move(ask) : ask_system;
}

resolver::~resolver() {
  std::unique_lock lock{state_->mutex};
  state_->ending = true;
  state_->asking.clear();
  state_->changed.notify_all();
  auto ended = state_->changed.wait_for(lock, last_wait,
                                        [this] { return state_->alive == 0; });
  auto threads = std::move(state_->threads);
  lock.unlock();
  // One that still waits for a name server has all it needs in the state.
  for (auto& x : threads)
    if (ended)
      x.join();
    else
      x.detach();
}

void resolver::resolve(const std::string& host, answer hears) {
  boost::system::error_code ec;
  if (auto literal = ip::make_address(host, ec); !ec)
    return hears({literal});
  std::unique_lock lock{state_->mutex};
  auto known = state_->remembered.find(host);
  if (known != state_->remembered.end()) {
    if (known->second.until > clock::now()) {
      auto found = known->second.known;
      lock.unlock();
      return hears(found);
    }
    state_->remembered.erase(known);
  }
  auto& waiting = state_->asking[host];
  waiting.push_back(std::move(hears));
  if (waiting.size() > 1)
    return;
  state_->questions.push_back(host);
  if (state_->idle < state_->questions.size()
      && state_->threads.size() < most_threads) {
    ++state_->alive;
    state_->threads.emplace_back([keep = state_] { keep->work(); });
  }
  state_->changed.notify_all();
}

void resolver::forget(const std::string& host) {
  std::lock_guard guard{state_->mutex};
  state_->remembered.erase(host);
}

resolver::addresses interleave(const resolver::addresses& x) {
  resolver::addresses first;
  resolver::addresses second;
  for (auto& a : x)
    (a.is_v4() == x.front().is_v4() ? first : second).push_back(a);
  resolver::addresses out;
  for (std::size_t i = 0; i < first.size() || i < second.size(); ++i) {
    if (i < first.size())
      out.push_back(first[i]);
    if (i < second.size())
      out.push_back(second[i]);
  }
  return out;
}

} // namespace velox::net

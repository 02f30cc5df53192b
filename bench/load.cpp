#include "bench/load.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace velox::bench {

namespace {

using namespace std::chrono_literals;

/// Frames that may be written before the sockets are read again: what the
/// server says must not wait for us.
constexpr size_t frames_per_round = 8;

/// Where in the 20 ms the frames of caller `number` are due. The golden ratio
/// spreads any number of callers evenly.
clock::duration phase_of(size_t number) {
  constexpr double golden = 0.6180339887498949;
  double whole = 0;
  auto part = std::modf(static_cast<double>(number) * golden, &whole);
  return std::chrono::duration_cast<clock::duration>(
    part * std::chrono::duration<double>{caller::frame_length});
}

timespec to_timespec(clock::duration x) {
  auto ns = std::max<int64_t>(
    0, std::chrono::duration_cast<std::chrono::nanoseconds>(x).count());
  return {ns / 1'000'000'000, ns % 1'000'000'000};
}

} // namespace

load::load(server_kind kind, uint16_t port, turn_board* turns)
  : kind_(kind), port_(port), turns_(turns),
    epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0)
    throw std::runtime_error{"no epoll instance"};
}

load::~load() {
  close(epoll_);
}

void load::connect_one() {
  auto socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0)
    throw std::runtime_error{
      "no socket left; raise the limit of open files (ulimit -n)"};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address))
      != 0) {
    close(socket);
    throw std::runtime_error{"the server does not take a connection"};
  }
  auto number = callers_.size();
  callers_.push_back(std::make_unique<caller>(kind_, number, socket, turns_));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = number;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  auto now = clock::now();
  auto frames = (now - base_) / caller::frame_length + 1;
  schedule_.push(
    {base_ + frames * caller::frame_length + phase_of(number), number});
}

void load::grow_to(size_t calls, clock::duration pause) {
  while (callers_.size() < calls) {
    connect_one();
    run(pause);
  }
}

observations load::run(clock::duration span) {
  seen_ = {};
  auto end = clock::now() + span;
  while (clock::now() < end) {
    send_due();
    read_ready(end);
  }
  return std::exchange(seen_, {});
}

void load::send_due() {
  for (size_t i = 0; i < frames_per_round && !schedule_.empty(); ++i) {
    auto next = schedule_.top();
    if (next.at > clock::now())
      return;
    schedule_.pop();
    auto& x = *callers_[next.caller];
    if (x.lost())
      continue;
    if (x.open())
      x.tick(next.at, seen_);
    schedule_.push({next.at + caller::frame_length, next.caller});
  }
}

void load::read_ready(clock::time_point until) {
  if (!schedule_.empty())
    until = std::min(until, schedule_.top().at);
  auto wait = to_timespec(until - clock::now());
  std::array<epoll_event, 64> events;
  auto count = epoll_pwait2(epoll_, events.data(),
                            static_cast<int>(events.size()), &wait, nullptr);
  for (int i = 0; i < count; ++i) {
    auto& x = *callers_[events[static_cast<size_t>(i)].data.u64];
    x.read(seen_);
    if (x.lost())
      epoll_ctl(epoll_, EPOLL_CTL_DEL, x.socket(), nullptr);
  }
}

size_t load::alive() const {
  return static_cast<size_t>(std::ranges::count_if(
    callers_, [](auto& x) { return x->open() && !x->lost(); }));
}

size_t load::answered() const {
  return static_cast<size_t>(
    std::ranges::count_if(callers_, [](auto& x) { return x->answered(); }));
}

void allow_many_sockets() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace velox::bench

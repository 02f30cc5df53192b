#pragma once

#include "bench/caller.hpp"

#include <memory>
#include <queue>

namespace velox::bench {

/// Many callers on one thread. Every caller's frames are due at absolute times,
/// 20 ms apart, and the callers are spread evenly over those 20 ms.
class load {
public:
  /// Calls the server at 127.0.0.1:`port`. Who speaks when is decided by
  /// `turns`, which lives longer, or else by each caller.
  load(server_kind kind, uint16_t port, turn_board* turns = nullptr);
  ~load();

  load(const load&) = delete;
  load& operator=(const load&) = delete;

  /// Opens connections until there are `calls`, a few a millisecond or with
  /// this pause between two; the others go on talking. Throws
  /// std::runtime_error when one cannot be opened.
  void grow_to(size_t calls,
               clock::duration pause = std::chrono::microseconds{1'500});

  /// Lets the callers talk for `span` of real time, and tells what they saw.
  observations run(clock::duration span);

  /// Callers with an open socket.
  size_t alive() const;

  /// Callers that ever heard something.
  size_t answered() const;

private:
  struct due_frame {
    clock::time_point at;
    size_t caller = 0;

    bool operator>(const due_frame& other) const { return at > other.at; }
  };

  void connect_one();
  void send_due();
  void read_ready(clock::time_point until);

  server_kind kind_;
  uint16_t port_;
  turn_board* turns_;
  int epoll_;
  clock::time_point base_ = clock::now();
  std::vector<std::unique_ptr<caller>> callers_;
  std::priority_queue<due_frame, std::vector<due_frame>, std::greater<>>
    schedule_;
  observations seen_;
};

/// Raises the limit of open files to what the system allows.
void allow_many_sockets();

} // namespace velox::bench

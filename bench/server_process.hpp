#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace velox::bench {

/// The core that servers are pinned to, and the one for callers.
inline constexpr int server_core = 0;
inline constexpr int caller_core = 1;

/// Pins this process to `core`. False when the machine has no such core.
bool pin_to_core(int core);

/// A server in a process of its own: this program once more, started with
/// `--serve NAME` and `more` behind it, pinned to `server_core`. It ends with
/// its owner.
class server_process {
public:
  /// Returns when the server listens. Throws std::runtime_error when it does
  /// not start.
  explicit server_process(const std::string& name,
                          const std::vector<std::string>& more = {});

  /// Ends the server and waits for it.
  ~server_process();

  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  uint16_t port() const { return port_; }

  /// CPU time of all its threads so far, system calls included.
  std::chrono::nanoseconds cpu_time() const;

  /// Its proportional set size in KiB (proc(5), smaps_rollup): its memory,
  /// pages shared with other processes counted in part.
  double memory_kib() const;

  /// Asks the server for `count` figures (`wait_for_end_of_input`). Throws
  /// std::runtime_error when they do not come within 5 s.
  std::vector<double> ask(size_t count);

  /// What the server has told with `tell_owner` since the last call.
  std::vector<double> take_told();

private:
  void read_port();

  pid_t pid_ = -1;
  int input_ = -1;  ///< its standard input; closed, it ends
  int output_ = -1; ///< its standard output
  uint16_t port_ = 0;
};

/// In the server: tells the owner where it listens.
void announce_port(uint16_t port);

/// In the server: tells the owner a figure that only the server can measure.
/// Never waits; when the owner does not listen, the figure is lost.
void tell_owner(double figure);

/// In the server: returns when the owner wants it to end or is gone. Tells it
/// the figures of `answer` whenever it asks.
void wait_for_end_of_input(const std::function<std::vector<double>()>& answer
                           = {});

} // namespace velox::bench

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace velox::test {

/// A program that runs beside the test, its output readable while it runs.
class child_process {
public:
  /// Starts `argv` with standard error going to `stderr_file` (empty: to ours).
  explicit child_process(std::vector<std::string> argv,
                         const std::string& stderr_file = "");

  /// Kills it, if it still runs.
  ~child_process();

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// The next line of its standard output; none when it ended or is silent for
  /// `patience`.
  std::optional<std::string> line(std::chrono::milliseconds patience);

  /// All the rest of its standard output, until it closes it.
  std::string rest();

  void signal(int number) const;

  /// Waits for its end: the exit code, or 128 + the signal that ended it. None
  /// when it outlasts `patience`.
  std::optional<int> wait(std::chrono::milliseconds patience);

  pid_t pid() const { return pid_; }

private:
  bool fill(std::chrono::milliseconds patience);

  pid_t pid_ = -1;
  int out_ = -1;
  std::string buffer_;
};

/// Runs `argv` to its end: exit code and standard output.
struct finished {
  int exit_code = -1;
  std::string out;
};
finished run(std::vector<std::string> argv,
             std::chrono::milliseconds patience = std::chrono::seconds{120});

} // namespace velox::test

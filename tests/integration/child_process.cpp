#include "tests/integration/child_process.hpp"

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace velox::test {

child_process::child_process(std::vector<std::string> argv,
                             const std::string& stderr_file) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe"};
  std::vector<char*> args;
  for (auto& x : argv)
    args.push_back(x.data());
  args.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    if (!stderr_file.empty()) {
      auto file
        = ::open(stderr_file.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
      ::dup2(file, STDERR_FILENO);
    }
    ::execv(args[0], args.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  out_ = ends[0];
}

child_process::~child_process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(out_);
}

bool child_process::fill(std::chrono::milliseconds patience) {
  pollfd look{out_, POLLIN, 0};
  if (::poll(&look, 1, static_cast<int>(patience.count())) <= 0)
    return false;
  char chunk[4096];
  auto size = ::read(out_, chunk, sizeof(chunk));
  if (size <= 0)
    return false;
  buffer_.append(chunk, static_cast<size_t>(size));
  return true;
}

std::optional<std::string>
child_process::line(std::chrono::milliseconds patience) {
  auto until = std::chrono::steady_clock::now() + patience;
  while (true) {
    if (auto end = buffer_.find('\n'); end != std::string::npos) {
      auto result = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return result;
    }
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !fill(left))
      return std::nullopt;
  }
}

std::string child_process::rest() {
  while (fill(std::chrono::minutes{5}))
    continue;
  return std::move(buffer_);
}

void child_process::signal(int number) const {
  ::kill(pid_, number);
}

std::optional<int> child_process::wait(std::chrono::milliseconds patience) {
  auto until = std::chrono::steady_clock::now() + patience;
  do {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    // Its output may be what it waits to get rid of.
    fill(std::chrono::milliseconds{10});
  } while (std::chrono::steady_clock::now() < until);
  return std::nullopt;
}

finished
run(std::vector<std::string> argv, std::chrono::milliseconds patience) {
  child_process child{std::move(argv)};
  finished result;
  auto until = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < until) {
    auto line = child.line(std::chrono::milliseconds{200});
    if (line) {
      result.out += *line + '\n';
    } else if (auto code = child.wait(std::chrono::milliseconds{0})) {
      result.exit_code = *code;
      result.out += child.rest();
      break;
    }
  }
  return result;
}

} // namespace velox::test

#include "bench/server_process.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace velox::bench {

namespace {

/// Becomes `program --serve name more...`, with its ends of the pipes in place.
[[noreturn]] void
become_server(const std::string& name, std::vector<std::string> more, int input,
              int output) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  std::string program = "velox_bench";
  std::string option = "--serve";
  std::string value = name;
  std::vector<char*> arguments{program.data(), option.data(), value.data()};
  for (auto& x : more)
    arguments.push_back(x.data());
  arguments.push_back(nullptr);
  execv("/proc/self/exe", arguments.data());
  std::perror("velox_bench: cannot start itself as a server");
  std::_Exit(EXIT_FAILURE);
}

} // namespace

bool pin_to_core(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  return sched_setaffinity(0, sizeof(set), &set) == 0;
}

server_process::server_process(const std::string& name,
                               const std::vector<std::string>& more) {
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  // CLOEXEC: another server must not keep the ends of this one.
  if (pipe2(input.data(), O_CLOEXEC) != 0
      || pipe2(output.data(), O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe for a server process"};
  pid_ = fork();
  if (pid_ == 0)
    become_server(name, more, input[0], output[1]);
  close(input[0]);
  close(output[1]);
  input_ = input[1];
  output_ = output[0];
  if (pid_ > 0)
    read_port();
  if (port_ != 0)
    return;
  close(input_);
  close(output_);
  if (pid_ > 0)
    waitpid(pid_, nullptr, 0);
  throw std::runtime_error{"the " + name + " server does not start"};
}

void server_process::read_port() {
  std::string line;
  char c = 0;
  while (read(output_, &c, 1) == 1 && c != '\n')
    line += c;
  fcntl(output_, F_SETFL, O_NONBLOCK);
  port_ = static_cast<uint16_t>(std::strtoul(line.c_str(), nullptr, 10));
}

server_process::~server_process() {
  close(input_);
  close(output_);
  waitpid(pid_, nullptr, 0);
}

std::vector<double> server_process::take_told() {
  std::vector<double> result;
  double figure = 0; // written whole, so read whole
  while (read(output_, &figure, sizeof(figure)) == sizeof(figure))
    result.push_back(figure);
  return result;
}

std::vector<double> server_process::ask(size_t count) {
  take_told();
  if (write(input_, "?", 1) != 1)
    throw std::runtime_error{"the server process is gone"};
  std::vector<double> result;
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  while (result.size() < count) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error{"the server process does not answer"};
    pollfd waits{output_, POLLIN, 0};
    poll(&waits, 1, 100);
    auto more = take_told();
    result.insert(result.end(), more.begin(), more.end());
  }
  return result;
}

std::chrono::nanoseconds server_process::cpu_time() const {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid_, &clock) != 0
      || clock_gettime(clock, &time) != 0)
    throw std::runtime_error{"the server process is gone"};
  return std::chrono::seconds{time.tv_sec}
         + std::chrono::nanoseconds{time.tv_nsec};
}

double server_process::memory_kib() const {
  std::ifstream in{"/proc/" + std::to_string(pid_) + "/smaps_rollup"};
  std::string word;
  while (in >> word)
    if (double value = 0; word == "Pss:" && in >> value)
      return value;
  throw std::runtime_error{"the server's memory cannot be read"};
}

void announce_port(uint16_t port) {
  std::printf("%u\n", static_cast<unsigned>(port));
  std::fflush(stdout);
  fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
  std::signal(SIGPIPE, SIG_IGN); // the owner may be gone
}

void tell_owner(double figure) {
  // The type of the variable only quiets the compiler: there is nothing to do
  // about a full pipe.
  [[maybe_unused]] auto written = write(STDOUT_FILENO, &figure, sizeof(figure));
}

void wait_for_end_of_input(const std::function<std::vector<double>()>& answer) {
  std::array<char, 64> ignored{};
  while (read(STDIN_FILENO, ignored.data(), ignored.size()) > 0)
    if (answer)
      for (auto figure : answer())
        tell_owner(figure);
}

} // namespace velox::bench

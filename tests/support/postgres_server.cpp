#include "tests/support/postgres_server.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace velox::test {

namespace {

namespace fs = std::filesystem;

fs::path programs() {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (auto& x : fs::directory_iterator{"/usr/lib/postgresql", ignored})
    found.push_back(x.path() / "bin");
  if (found.empty())
    throw std::runtime_error{"PostgreSQL is missing: run 'make install-test'"};
  return *std::max_element(found.begin(), found.end());
}

/// Runs a command line as the user that PostgreSQL accepts: not as root.
void run(const std::string& command) {
  auto line = (geteuid() == 0 ? "runuser -u postgres -- " : "") + command
              + " >/dev/null 2>&1";
  if (std::system(line.c_str()) != 0)
    throw std::runtime_error{"this failed: " + line};
}

int free_port() {
  auto fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(at);
  auto any = reinterpret_cast<sockaddr*>(&at);
  if (bind(fd, any, size) != 0 || getsockname(fd, any, &size) != 0)
    throw std::runtime_error{"there is no free port"};
  close(fd);
  return ntohs(at.sin_port);
}

/// The parent of a process, from /proc/PID/stat; 0 when it is gone.
int parent_of(const fs::path& process) {
  std::ifstream in{process / "stat"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto name_end = text.rfind(')'); // a name may hold anything
  if (name_end == text.npos)
    return 0;
  int parent = 0;
  char state = 0;
  return std::sscanf(text.c_str() + name_end + 1, " %c %d", &state, &parent)
             == 2
           ? parent
           : 0;
}

} // namespace

postgres_server::postgres_server() {
  auto pattern = std::string{"/tmp/velox-postgres-XXXXXX"};
  if (!mkdtemp(pattern.data()))
    throw std::runtime_error{"cannot make a folder below /tmp"};
  home_ = pattern;
  data_ = home_ / "data";
  fs::permissions(home_, fs::perms::all); // also for the server's user
  port_ = free_port();
  run((programs() / "initdb").string() + " -D " + data_.string()
      + " -U velox -A trust -E UTF8 --locale=C.UTF-8 --no-sync");
  configure("listen_addresses = '127.0.0.1'\nport = " + std::to_string(port_)
            + "\nunix_socket_directories = ''\nshared_buffers = 32MB");
}

void postgres_server::configure(const std::string& lines) const {
  std::ofstream{data_ / "postgresql.conf", std::ios::app} << lines << '\n';
}

void postgres_server::put(const std::string& name,
                          const std::string& text) const {
  auto file = data_ / name;
  std::ofstream{file} << text;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  struct stat owner {};
  if (stat(data_.c_str(), &owner) != 0
      || chown(file.c_str(), owner.st_uid, owner.st_gid) != 0)
    throw std::runtime_error{"cannot give " + file.string() + " to the server"};
}

void postgres_server::insist_on_tls() const {
  put("pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n");
}

postgres_server::~postgres_server() {
  kill();
  std::error_code ignored;
  fs::remove_all(home_, ignored);
}

std::string postgres_server::url() const {
  return "postgresql://velox@127.0.0.1:" + std::to_string(port_) + "/postgres";
}

void postgres_server::start() {
  run((programs() / "pg_ctl").string() + " -D " + data_.string() + " -l "
      + (home_ / "log").string() + " -w -t 60 start");
}

std::vector<int> postgres_server::processes() const {
  std::ifstream in{data_ / "postmaster.pid"};
  int first = 0;
  if (!(in >> first))
    return {};
  std::vector<int> result{first};
  std::error_code ignored;
  for (auto& x : fs::directory_iterator{"/proc", ignored}) {
    auto process = std::atoi(x.path().filename().c_str()); // 0: no process
    if (process > 0 && parent_of(x.path()) == first)
      result.push_back(process);
  }
  return result;
}

void postgres_server::signal_all(int number) const {
  for (auto process : processes())
    ::kill(process, number);
}

void postgres_server::kill() {
  auto all = processes();
  for (auto process : all)
    ::kill(process, SIGKILL);
  // The next start would be refused as long as one of them is there.
  for (auto process : all)
    while (fs::exists("/proc/" + std::to_string(process) + "/exe"))
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
  std::error_code ignored;
  fs::remove(data_ / "postmaster.pid", ignored);
}

void postgres_server::freeze() {
  signal_all(SIGSTOP);
}

void postgres_server::thaw() {
  signal_all(SIGCONT);
}

} // namespace velox::test

#include "config/secrets.hpp"

#include "config/loader.hpp"

#include <openssl/rand.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <yaml-cpp/yaml.h>

namespace velox::config {

namespace {

namespace fs = std::filesystem;

using member = std::string secrets::*;

constexpr std::array<std::pair<const char*, member>, 3> entries{{
  {"twilio_auth_token", &secrets::twilio_auth_token},
  {"admin_api_key", &secrets::admin_api_key},
  {"stream_token_key", &secrets::stream_token_key},
}};

[[noreturn]] void fail(std::string problem) {
  throw config_error{{std::move(problem)}};
}

[[noreturn]] void fail_on(const fs::path& path, const char* what, int error) {
  fail(fmt::format("{} cannot be {}: {}; check the data directory's owner and "
                   "permissions, or set another with storage.data_dir",
                   path.string(), what,
                   std::generic_category().message(error)));
}

/// 128 bits as lower-case hexadecimal digits, the form of Twilio's own tokens.
std::string random_hex() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    fail("the system gave no random numbers for the secrets; try again");
  std::string out;
  for (auto byte : bytes)
    out += fmt::format("{:02x}", byte);
  return out;
}

std::string make_text() {
  std::string text = "# Made by velox. Keep it private: whoever reads it can "
                     "act as the carrier or\n# the operator. Remove it to get "
                     "new secrets.\n";
  for (auto& [name, where] : entries)
    text += fmt::format("{}: \"{}\"\n", name, random_hex() + random_hex());
  return text;
}

void write_private_file(const fs::path& path, const std::string& text) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    fail_on(path, "created", errno);
  auto written = ::write(fd, text.data(), text.size());
  auto ok = written == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  auto error = errno;
  ::close(fd);
  if (!ok) {
    ::unlink(path.c_str());
    fail_on(path, "written", error);
  }
}

/// Makes the file unless it exists. A complete file appears at once, under its
/// own name, and the first of several processes wins.
void create_once(const fs::path& path, const std::string& text) {
  auto draft = path;
  draft += "." + random_hex();
  write_private_file(draft, text);
  auto linked = ::link(draft.c_str(), path.c_str());
  auto error = errno;
  ::unlink(draft.c_str());
  if (linked != 0 && error != EEXIST)
    fail_on(path, "created", error);
}

/// What `path` holds, made by `make` when there is nothing yet, and private.
template <class F>
std::string load_or_create(const fs::path& path, F make) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error)
    fail_on(path.parent_path(), "created", error.value());
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT)
      fail_on(path, "read", errno);
    create_once(path, make());
  } else if ((info.st_mode & 0077) != 0 && ::chmod(path.c_str(), 0600) != 0) {
    fail_on(path, "made private (mode 0600)", errno);
  }
  std::ifstream in{path};
  if (!in)
    fail_on(path, "read", errno);
  return {std::istreambuf_iterator<char>{in}, {}};
}

secrets parse(const fs::path& path, const std::string& text) {
  secrets out;
  std::vector<std::string> problems;
  auto report = [&](int line, const std::string& what) {
    problems.push_back(fmt::format("{}:{}: {}, or remove the file to get new "
                                   "secrets",
                                   path.string(), line, what));
  };
  try {
    auto root = YAML::Load(text);
    if (!root.IsMap()) {
      report(1, "the file holds no secrets; restore it");
      throw config_error{problems};
    }
    for (auto& [name, where] : entries) {
      auto node = root[name];
      if (!node || !node.IsScalar() || node.Scalar().size() < 16)
        report(node ? node.Mark().line + 1 : 1,
               fmt::format("'{}' must be a text of at least 16 characters; add "
                           "it",
                           name));
      else
        out.*where = node.Scalar();
    }
  } catch (const YAML::Exception& e) {
    report(e.mark.line + 1, "the file is not valid YAML; correct it");
  }
  if (!problems.empty())
    throw config_error{std::move(problems)};
  return out;
}

} // namespace

secrets load_or_create_secrets(const fs::path& data_dir) {
  auto path = data_dir / "secrets.yaml";
  return parse(path, load_or_create(path, make_text));
}

std::string load_or_create_recording_key(const fs::path& data_dir) {
  return load_or_create(data_dir / recording_key_file,
                        [] { return random_hex() + random_hex() + "\n"; });
}

std::string load_or_create_webhook_key(const settings& given) {
  if (!given.webhooks.key.empty())
    return given.webhooks.key;
  return load_or_create(fs::path{given.storage.data_dir} / webhook_key_file,
                        [] { return random_hex() + random_hex() + "\n"; });
}

secrets load_or_create_secrets(const settings& given) {
  auto out = load_or_create_secrets(fs::path{given.storage.data_dir});
  if (!given.twilio.auth_token.empty())
    out.twilio_auth_token = given.twilio.auth_token;
  if (!given.admin_api_key.empty())
    out.admin_api_key = given.admin_api_key;
  return out;
}

} // namespace velox::config

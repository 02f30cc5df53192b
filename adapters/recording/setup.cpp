#include "adapters/recording/setup.hpp"

#include "config/secrets.hpp"

#include <fstream>
#include <iterator>
#include <system_error>

namespace velox::recording {

namespace {

namespace fs = std::filesystem;

secret_key read_key(const std::string& path, const std::string& setting) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw recording_error{setting + " names the file " + path
                          + ", which cannot be read; correct the path or its "
                            "permissions"};
  std::string text(4096, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  return parse_key(text, setting + " (" + path + ")");
}

} // namespace

fs::path prepare_directory(const config::settings& x) {
  auto result = fs::path{x.storage.data_dir} / "recordings";
  std::error_code error;
  fs::create_directories(result, error);
  if (!error)
    fs::permissions(result, fs::perms::owner_all, error);
  if (error)
    throw recording_error{result.string()
                          + " cannot be made: " + error.message()
                          + "; check the data directory's owner, or set "
                            "another with storage.data_dir"};
  return result;
}

std::shared_ptr<const key_port> keys_of(const config::settings& x) {
  auto& given = x.recording;
  if (!given.key.empty() && !given.key_file.empty())
    throw recording_error{"recording.key and recording.key_file are both set; "
                          "remove one of them"};
  std::vector<secret_key> old;
  for (auto& file : given.old_key_files)
    old.push_back(read_key(file, "recording.old_key_files"));
  fs::path data{x.storage.data_dir};
  if (given.key.empty() && given.key_file.empty())
    return local_keys(parse_key(config::load_or_create_recording_key(data),
                                (data / config::recording_key_file).string()),
                      old);
  if (auto made = data / config::recording_key_file; fs::exists(made))
    old.push_back(read_key(made.string(), "storage.data_dir"));
  auto present = given.key.empty()
                   ? read_key(given.key_file, "recording.key_file")
                   : parse_key(given.key, "recording.key");
  return local_keys(present, old);
}

} // namespace velox::recording

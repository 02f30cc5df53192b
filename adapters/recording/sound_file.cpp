#include "adapters/recording/sound_file.hpp"

#include "protocol/g711.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <fmt/format.h>

namespace velox::recording {

namespace {

/// Where `x` lies. A name from outside may not lead out of the directory.
std::filesystem::path
place_of(const std::filesystem::path& directory, const std::string& name) {
  if (!name.ends_with(file_extension)
      || std::filesystem::path{name}.filename() != name)
    throw recording_error{"recording: its file's name is none of ours"};
  return directory / name;
}

} // namespace

std::string file_name_of(const file_id& id) {
  std::string result;
  for (auto byte : id)
    result += fmt::format("{:02x}", byte);
  result += file_extension;
  return result;
}

file_id random_file_id() {
  file_id result;
  if (RAND_bytes(result.data(), static_cast<int>(result.size())) != 1)
    throw recording_error{"the system gave no random numbers for the name of "
                          "a recording; try again"};
  return result;
}

std::string wav_head(uint64_t frames) {
  constexpr uint32_t channels = 2;
  constexpr uint16_t format_mulaw = 7;
  std::string out;
  auto put = [&out](uint64_t x, int size) {
    for (int i = 0; i < size; ++i)
      out += static_cast<char>(x >> (8 * i));
  };
  // 4 GiB are three days; a longer file says that it is as long as it can.
  auto bytes
    = std::min<uint64_t>(channels * frames, UINT32_MAX - wav_head_size);
  out += "RIFF";
  put(wav_head_size - 8 + bytes, 4);
  out += "WAVEfmt ";
  put(18, 4);
  put(format_mulaw, 2);
  put(channels, 2);
  put(mulaw_rate, 4);
  put(channels * mulaw_rate, 4); // bytes a second
  put(channels, 2);              // bytes of both channels
  put(8, 2);
  put(0, 2); // nothing more about the format
  out += "fact";
  put(4, 4);
  put(bytes / channels, 4);
  out += "data";
  put(bytes, 4);
  return out;
}

sound_file::sound_file(const std::filesystem::path& directory,
                       const recording_record& x, const key_port& keys)
  : file_(open_sealed(place_of(directory, x.file), keys,
                      x.duration_ms > 0 ? ending::required : ending::optional)),
    frames_(file_.size() / 2) {}

std::string sound_file::read(uint64_t offset, uint64_t count) {
  if (offset >= size())
    return {};
  count = std::min(count, size() - offset);
  std::string result;
  if (offset < wav_head_size)
    result = wav_head(frames_).substr(offset, count);
  auto rest = count - result.size();
  auto from = offset + result.size() - wav_head_size;
  auto had = result.size();
  result.resize(had + rest);
  file_.read(from, {reinterpret_cast<uint8_t*>(result.data()) + had, rest});
  return result;
}

} // namespace velox::recording

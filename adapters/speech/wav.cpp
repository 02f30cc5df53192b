#include "adapters/speech/wav.hpp"

#include "adapters/speech/resampler.hpp"
#include "protocol/g711.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace velox::speech {

namespace {

using bytes = std::span<const uint8_t>;

constexpr uint32_t our_rate = 8000;
constexpr uint16_t format_pcm = 1;
constexpr uint16_t format_mulaw = 7;
constexpr uint16_t format_extensible = 0xFFFE;

uint16_t u16(bytes x, size_t at) {
  return static_cast<uint16_t>(x[at] | x[at + 1] << 8);
}

uint32_t u32(bytes x, size_t at) {
  return u16(x, at) | static_cast<uint32_t>(u16(x, at + 2)) << 16;
}

bool has(bytes x, size_t at, std::string_view tag) {
  return x.size() >= at + tag.size()
         && std::equal(tag.begin(), tag.end(),
                       x.begin() + static_cast<ptrdiff_t>(at));
}

[[noreturn]] void fail(const std::string& name, const std::string& why) {
  throw std::runtime_error(name + ": " + why);
}

/// The body of the first chunk named `tag`. A chunk that claims to go beyond
/// the end of the file (streamed files do) ends with it.
std::optional<bytes> find_chunk(bytes file, std::string_view tag) {
  size_t at = 12;
  while (at + 8 <= file.size()) {
    auto size = std::min<size_t>(u32(file, at + 4), file.size() - at - 8);
    if (has(file, at, tag))
      return file.subspan(at + 8, size);
    at += 8 + size + size % 2; // chunks are padded to even sizes
  }
  return std::nullopt;
}

struct wav_format {
  uint16_t coding;
  uint16_t channels;
  uint32_t rate;
  uint16_t bits;
};

wav_format checked_format(bytes file, const std::string& name) {
  if (!has(file, 0, "RIFF") || !has(file, 8, "WAVE"))
    fail(name, "not a WAV file (no RIFF/WAVE header)");
  auto chunk = find_chunk(file, "fmt ");
  if (!chunk || chunk->size() < 16)
    fail(name, "not a complete WAV file (no format chunk)");
  wav_format result{u16(*chunk, 0), u16(*chunk, 2), u32(*chunk, 4),
                    u16(*chunk, 14)};
  if (result.coding == format_extensible && chunk->size() >= 26)
    result.coding = u16(*chunk, 24); // the first field of the sub-format
  auto pcm = result.coding == format_pcm && result.bits == 16;
  auto mulaw = result.coding == format_mulaw && result.bits == 8;
  if (!pcm && !mulaw)
    fail(name, "format " + std::to_string(result.coding) + " with "
                 + std::to_string(result.bits)
                 + " bits is not supported: save it as 16-bit PCM or mu-law");
  if (result.channels < 1 || result.channels > 2)
    fail(name, std::to_string(result.channels)
                 + " channels are not supported: save it as mono or stereo");
  if (result.rate < our_rate || result.rate > 48000)
    fail(name, "a rate of " + std::to_string(result.rate)
                 + " Hz is not supported: save it with 8000 to 48000 Hz");
  return result;
}

} // namespace

std::vector<int16_t> parse_wav(bytes file, const std::string& name) {
  auto format = checked_format(file, name);
  auto data = find_chunk(file, "data");
  if (!data)
    fail(name, "not a complete WAV file (no data chunk)");
  auto sample_at = [&](size_t i) -> int {
    return format.coding == format_mulaw
             ? mulaw_to_linear((*data)[i])
             : static_cast<int16_t>(u16(*data, 2 * i));
  };
  auto samples = data->size() / (format.bits / 8);
  std::vector<int16_t> mono(samples / format.channels);
  for (size_t i = 0; i < mono.size(); ++i)
    mono[i] = static_cast<int16_t>(
      format.channels == 1 ? sample_at(i)
                           : (sample_at(2 * i) + sample_at(2 * i + 1)) / 2);
  if (format.rate == our_rate)
    return mono;
  std::vector<int16_t> result;
  resampler to_ours{format.rate, our_rate};
  to_ours.process(mono, result);
  to_ours.finish(result);
  return result;
}

std::vector<int16_t> read_wav(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file)
    fail(path, "cannot be opened");
  std::vector<uint8_t> content{std::istreambuf_iterator<char>{file}, {}};
  return parse_wav(content, path);
}

void write_wav(const std::string& path, std::span<const int16_t> left,
               std::span<const int16_t> right) {
  std::string out;
  auto put = [&out](uint32_t x, int size) {
    for (int i = 0; i < size; ++i)
      out += static_cast<char>(x >> (8 * i));
  };
  auto frames = std::max(left.size(), right.size());
  auto data_size = static_cast<uint32_t>(4 * frames);
  out.reserve(44 + data_size);
  out += "RIFF";
  put(36 + data_size, 4);
  out += "WAVEfmt ";
  put(16, 4);
  put(format_pcm, 2);
  put(2, 2);
  put(our_rate, 4);
  put(4 * our_rate, 4); // bytes a second
  put(4, 2);            // bytes of both channels
  put(16, 2);
  out += "data";
  put(data_size, 4);
  for (size_t i = 0; i < frames; ++i)
    for (auto channel : {left, right})
      put(static_cast<uint16_t>(i < channel.size() ? channel[i] : 0), 2);
  std::ofstream file{path, std::ios::binary | std::ios::trunc};
  file.write(out.data(), static_cast<std::streamsize>(out.size()));
  if (!file.flush())
    fail(path, "cannot be written");
}

} // namespace velox::speech

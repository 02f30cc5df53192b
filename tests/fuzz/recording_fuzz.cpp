#include "adapters/recording/sealed_file.hpp"
#include "adapters/recording/tracks.hpp"
#include "tests/fuzz/expect.hpp"

#include <cstring>
#include <sstream>

using namespace velox::recording;

namespace {

/// The key that the seeds were made with.
std::shared_ptr<const key_port> keys() {
  static const auto result = [] {
    secret_key key;
    uint8_t value = 1;
    for (auto& byte : key.bytes())
      byte = value++;
    return local_keys(key);
  }();
  return result;
}

/// A file is read as it was written, or refused by its name.
void read_file(const std::string& content, ending end) {
  try {
    sealed_reader in{std::make_unique<std::istringstream>(content), "fuzz",
                     *keys(), end};
    expect(in.size() <= content.size());
    expect(in.complete() || end == ending::optional);
    std::vector<uint8_t> all(in.size());
    in.read(0, all);
    if (!all.empty()) {
      std::vector<uint8_t> last(1);
      in.read(all.size() - 1, last);
      expect(last[0] == all.back());
    }
  } catch (const recording_error& e) {
    expect(std::string_view{e.what()}.starts_with("recording fuzz: "));
  }
}

/// Pieces anywhere: what comes out is in order, whole, and no longer than
/// allowed.
void place_anywhere(const uint8_t* data, size_t size) {
  constexpr int64_t longest_ms = 10'000;
  uint64_t out = 0;
  recording_tracks tracks{longest_ms, [&](std::span<const uint8_t> both) {
                            expect(both.size() % 2 == 0);
                            out += both.size();
                          }};
  while (size >= 10) {
    int64_t at = 0;
    std::memcpy(&at, data, 8);
    if (data[8] & 4) // mostly where calls are
      at %= 2 * longest_ms;
    auto whose = data[8] & 1 ? side::agent : side::caller;
    if (data[8] & 2)
      tracks.cut(at);
    else
      tracks.place(whose, at, std::vector<uint8_t>(16u * data[9], data[9]));
    data += 10;
    size -= 10;
  }
  tracks.finish(size > 0 ? 100 * data[0] : -1);
  expect(out <= 16 * longest_ms);
  expect(out == static_cast<uint64_t>(16 * tracks.handed_on_ms()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string content{reinterpret_cast<const char*>(data), size};
  read_file(content, ending::required);
  read_file(content, ending::optional);
  place_anywhere(data, size);
  return 0;
}

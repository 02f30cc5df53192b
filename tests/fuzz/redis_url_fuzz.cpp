#include "persistence/redis/endpoint.hpp"
#include "tests/fuzz/expect.hpp"

#include <cstdint>
#include <stdexcept>

using namespace velox::persistence::redis;

/// A URL is read, or refused with a sentence that repeats nothing of it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  try {
    auto x = parse_endpoint(text);
    expect(!x.host.empty() && x.port != 0 && x.database >= 0);
    expect(x.user.empty() || !x.password.empty());
  } catch (const std::invalid_argument& e) {
    expect(std::string_view{e.what()}.size() < 300 + size);
  }
  return 0;
}

#include "protocol/node_message.hpp"
#include "tests/fuzz/expect.hpp"

#include <cstdint>

using namespace velox;

/// Whatever is published: no crash, and what is understood keeps its bounds and
/// is read again as it is written.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  auto x = parse_node_message(text);
  expect(!is_node_name(text) || (size >= 1 && size <= 64));
  if (!x)
    return 0;
  if (auto* breaker = std::get_if<breaker_changed>(&*x)) {
    expect(!breaker->provider.empty() && breaker->provider.size() <= 64);
    expect(breaker->pause_ms >= 0 && breaker->pause_ms <= 3'600'000);
    expect(is_node_name(breaker->node));
  }
  if (auto* end = std::get_if<end_call_anywhere>(&*x))
    expect(!end->call_id.empty() && end->explanation.size() <= 512);
  auto again = parse_node_message(to_json(*x));
  expect(again && again->index() == x->index());
  expect(to_json(*again) == to_json(*x));
  return 0;
}

#include "protocol/ndjson.hpp"
#include "protocol/sse.hpp"
#include "tests/fuzz/expect.hpp"

#include <cstdint>

using namespace velox;

namespace {

std::string events(std::string_view bytes, size_t size) {
  sse_parser parser;
  std::string out;
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, size);
    parser.push(piece);
    bytes.remove_prefix(piece.size());
    while (auto event = parser.next())
      out += event->event + '\0' + event->data + '\0';
  }
  return out + parser.stray();
}

std::string lines(std::string_view bytes, size_t size) {
  ndjson_parser parser;
  std::string out;
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, size);
    parser.push(piece);
    bytes.remove_prefix(piece.size());
    while (auto line = parser.next())
      out += *line + '\n';
  }
  while (auto line = parser.flush())
    out += *line + '\n';
  return out;
}

} // namespace

/// The first byte says how long the pieces are; it must not matter.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  size_t piece = size_t{data[0]} % 16 + 1;
  std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  expect(events(bytes, piece) == events(bytes, bytes.size() + 1));
  expect(lines(bytes, piece) == lines(bytes, bytes.size() + 1));
  return 0;
}

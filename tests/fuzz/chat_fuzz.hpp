#pragma once

#include "protocol/chat_stream.hpp"
#include "tests/fuzz/expect.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace velox {

/// Reads a stream in pieces of `size` bytes; what came of it, as one text.
template <class Stream>
std::string what_came_of(std::string_view bytes, size_t size) {
  Stream stream;
  std::string text;
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, size);
    stream.push(piece, text);
    bytes.remove_prefix(piece.size());
  }
  stream.close(text);
  text += '\0' + std::to_string(static_cast<int>(stream.state())) + '\0'
          + stream.trouble().why + '\0' + stream.echo();
  for (auto& x : stream.calls()) {
    expect(x.arguments.front() == '{' && x.arguments.back() == '}');
    text += x.id + '\0' + x.name + '\0' + x.arguments;
  }
  return text;
}

/// The first byte says how long the pieces are; it must not matter.
template <class Stream>
int fuzz_stream(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  size_t piece = size_t{data[0]} % 16 + 1;
  std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  expect(what_came_of<Stream>(bytes, piece)
         == what_came_of<Stream>(bytes, bytes.size() + 1));
  return 0;
}

} // namespace velox

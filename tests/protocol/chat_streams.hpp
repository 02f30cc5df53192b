#pragma once

#include "protocol/chat_stream.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace velox::test {

/// A stream of tests/wire/llm.
inline std::string wire_file(const std::string& name) {
  std::ifstream file{std::string{VELOX_SOURCE_DIR "/tests/wire/llm/"} + name,
                     std::ios::binary};
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// What a stream came to.
struct stream_result {
  std::string text;
  chat_state state = chat_state::open;
  chat_trouble trouble;
  std::vector<tool_call> calls;
  token_usage usage;
  std::string echo;
};

/// Reads `bytes` in pieces of `size`; of random sizes when it is 0.
template <class Stream>
stream_result read_stream(std::string_view bytes, size_t size) {
  Stream stream;
  stream_result out;
  std::mt19937 random{7};
  while (!bytes.empty()) {
    auto piece = bytes.substr(0, size > 0 ? size : 1 + random() % 40);
    stream.push(piece, out.text);
    bytes.remove_prefix(piece.size());
  }
  stream.close(out.text);
  out.state = stream.state();
  out.trouble = stream.trouble();
  out.calls = stream.calls();
  out.usage = stream.usage();
  out.echo = stream.echo();
  return out;
}

/// Reads a stream whole, and expects the same from it in pieces of any size.
template <class Stream>
stream_result read_any_way(const std::string& bytes) {
  auto whole = read_stream<Stream>(bytes, bytes.size() + 1);
  for (size_t size : {1, 2, 3, 7, 0}) {
    auto pieces = read_stream<Stream>(bytes, size);
    EXPECT_EQ(pieces.text, whole.text) << size;
    EXPECT_EQ(pieces.state, whole.state) << size;
    EXPECT_EQ(pieces.trouble.code, whole.trouble.code) << size;
    EXPECT_EQ(pieces.trouble.why, whole.trouble.why) << size;
    EXPECT_EQ(pieces.calls.size(), whole.calls.size()) << size;
    EXPECT_EQ(pieces.echo, whole.echo) << size;
  }
  return whole;
}

/// Every stream that is cut off before its end is open, failed or has said
/// that it was finished; none crashes.
template <class Stream>
void expect_prefixes_are_survived(const std::string& bytes) {
  for (size_t size = 0; size < bytes.size(); ++size)
    read_stream<Stream>(std::string_view{bytes}.substr(0, size), size + 1);
}

} // namespace velox::test

#include "bench/websocket_codec.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <utility>
#include <vector>

using namespace velox::bench;
using namespace std::string_literals;

namespace {

using frames = std::vector<std::pair<opcode, std::string>>;

/// An unmasked frame, as a server writes it.
std::string server_frame(opcode code, const std::string& payload) {
  std::string out{static_cast<char>(0x80 | static_cast<uint8_t>(code))};
  auto size = payload.size();
  if (size < 126) {
    out += static_cast<char>(size);
  } else {
    out += '\x7e';
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size);
  }
  return out + payload;
}

} // namespace

// RFC 6455, 5.7: a masked "Hello".
TEST(ClientFrame, IsTheOneOfTheRfc) {
  std::string out;
  append_client_frame(out, opcode::text, "Hello", 0x3d21fa37);
  EXPECT_EQ(out, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
}

TEST(ClientFrame, MasksLongPayloadsToTheLastByte) {
  std::string payload(300, 'x');
  std::string out;
  append_client_frame(out, opcode::text, payload, 0x04030201);
  ASSERT_EQ(out.size(), 2u + 2 + 4 + 300);
  EXPECT_EQ(out.substr(0, 8), "\x81\xfe\x01\x2c\x01\x02\x03\x04"s);
  for (size_t i = 0; i < payload.size(); ++i)
    ASSERT_EQ(out[8 + i], static_cast<char>('x' ^ (1 + i % 4))) << i;
}

TEST(FrameReader, FindsEveryFrameHoweverTheBytesArrive) {
  auto bytes = server_frame(opcode::text, "one")
               + server_frame(opcode::pong, "")
               + server_frame(opcode::text, std::string(2200, 'a'));
  for (size_t piece : {size_t{1}, size_t{3}, size_t{1000}, bytes.size()}) {
    frame_reader reader;
    frames seen;
    for (size_t i = 0; i < bytes.size(); i += piece)
      reader.read(bytes.substr(i, piece), [&](auto code, auto payload) {
        seen.emplace_back(code, payload);
      });
    EXPECT_EQ(seen, (frames{{opcode::text, "one"},
                            {opcode::pong, ""},
                            {opcode::text, std::string(2200, 'a')}}))
      << "in pieces of " << piece;
  }
}

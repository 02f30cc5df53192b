#include "tests/support/vendors/vendor_frames.hpp"

#include "protocol/base64.hpp"

#include <openssl/sha.h>

#include <stdexcept>

namespace velox::test {

namespace {

uint8_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

uint64_t
big_endian(std::string_view bytes, std::size_t from, std::size_t count) {
  uint64_t out = 0;
  for (std::size_t i = 0; i < count; ++i)
    out = out << 8 | byte_at(bytes, from + i);
  return out;
}

void append_big_endian(std::string& out, uint64_t x, int count) {
  for (auto shift = 8 * (count - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(x >> shift & 0xff);
}

bool is_known(uint8_t opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

} // namespace

std::optional<vendor_frame> take_frame(std::string& bytes) {
  if (bytes.size() < 2)
    return std::nullopt;
  auto first = byte_at(bytes, 0);
  auto second = byte_at(bytes, 1);
  auto opcode = static_cast<uint8_t>(first & 0x0f);
  std::size_t length = second & 0x7f;
  if ((first & 0x70) || !is_known(opcode))
    throw std::runtime_error("reserved bits or opcode");
  if (!(second & 0x80))
    throw std::runtime_error("a client must mask");
  if (opcode >= 8 && (length > 125 || !(first & 0x80)))
    throw std::runtime_error("a control frame is short and whole");
  std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
  auto start = 2 + extra + 4;
  if (bytes.size() < start)
    return std::nullopt;
  if (extra)
    length = big_endian(bytes, 2, extra);
  if (bytes.size() - start < length)
    return std::nullopt;
  vendor_frame out{static_cast<frame_kind>(opcode), (first & 0x80) != 0,
                   bytes.substr(start, length)};
  for (std::size_t i = 0; i < length; ++i)
    out.payload[i] ^= bytes[start - 4 + i % 4];
  bytes.erase(0, start + length);
  return out;
}

std::string make_frame(const vendor_frame& x) {
  std::string out;
  out += static_cast<char>((x.last ? 0x80 : 0) | static_cast<int>(x.kind));
  auto n = x.payload.size();
  if (n < 126) {
    out += static_cast<char>(n);
  } else if (n < 65536) {
    out += char(126);
    append_big_endian(out, n, 2);
  } else {
    out += char(127);
    append_big_endian(out, n, 8);
  }
  return out + x.payload;
}

std::string close_payload(uint16_t code, std::string_view reason) {
  std::string out;
  if (code == 0)
    return out;
  append_big_endian(out, code, 2);
  return out.append(reason.substr(0, 123));
}

std::string accept_of(std::string_view key) {
  auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  uint8_t digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const uint8_t*>(text.data()), text.size(), digest);
  return encode_base64(digest);
}

} // namespace velox::test

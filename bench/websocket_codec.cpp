#include "bench/websocket_codec.hpp"

#include <cstring>
#include <optional>

namespace velox::bench {

namespace {

constexpr uint8_t final_fragment = 0x80;
constexpr uint8_t masked = 0x80;
constexpr uint8_t two_byte_length = 126;
constexpr uint8_t eight_byte_length = 127;

void append_big_endian(std::string& out, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i)
    out += static_cast<char>(value >> (8 * i));
}

uint64_t read_big_endian(std::string_view in) {
  uint64_t result = 0;
  for (auto c : in)
    result = result << 8 | static_cast<uint8_t>(c);
  return result;
}

/// XORs `size` bytes with the four bytes of the mask, eight at a time.
void apply_mask(char* to, size_t size, uint32_t mask) {
  auto wide = static_cast<uint64_t>(mask) << 32 | mask;
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t word;
    std::memcpy(&word, to + i, 8);
    word ^= wide;
    std::memcpy(to + i, &word, 8);
  }
  char key[4];
  std::memcpy(key, &mask, 4);
  for (; i < size; ++i)
    to[i] = static_cast<char>(to[i] ^ key[i % 4]);
}

struct frame {
  opcode code = opcode::text;
  std::string_view payload;
  size_t size = 0; ///< with its header
};

/// The frame at the beginning of `in`; nothing when more bytes are needed.
std::optional<frame> first_frame(std::string_view in) {
  if (in.size() < 2)
    return std::nullopt;
  auto length_code = static_cast<uint8_t>(in[1]) & 0x7f;
  size_t header = 2;
  uint64_t length = static_cast<uint64_t>(length_code);
  if (length_code >= two_byte_length) {
    size_t bytes = length_code == eight_byte_length ? 8 : 2;
    header += bytes;
    if (in.size() < header)
      return std::nullopt;
    length = read_big_endian(in.substr(2, bytes));
  }
  if (in.size() < header + length)
    return std::nullopt;
  return frame{static_cast<opcode>(in[0] & 0x0f), in.substr(header, length),
               header + length};
}

} // namespace

void append_client_frame(std::string& out, opcode code,
                         std::string_view payload, uint32_t mask) {
  out += static_cast<char>(final_fragment | static_cast<uint8_t>(code));
  if (payload.size() < two_byte_length) {
    out += static_cast<char>(masked | payload.size());
  } else if (payload.size() <= UINT16_MAX) {
    out += static_cast<char>(masked | two_byte_length);
    append_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(masked | eight_byte_length);
    append_big_endian(out, payload.size(), 8);
  }
  char key[4];
  std::memcpy(key, &mask, 4);
  out.append(key, 4);
  auto begin = out.size();
  out += payload;
  apply_mask(out.data() + begin, payload.size(), mask);
}

void frame_reader::read(std::string_view bytes, const handler& handle) {
  if (!rest_.empty()) {
    rest_ += bytes;
    bytes = rest_;
  }
  while (auto next = first_frame(bytes)) {
    handle(next->code, next->payload);
    bytes.remove_prefix(next->size);
  }
  rest_ = std::string{bytes};
}

} // namespace velox::bench

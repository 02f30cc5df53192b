#include "protocol/base64.hpp"

#include <array>

#if defined(__x86_64__)
#define VELOX_BASE64_SSSE3 1
#include <tmmintrin.h>
#endif

namespace velox {

namespace {

constexpr std::string_view standard_alphabet
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::string_view url_alphabet
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Not a character of the alphabet; any bit above the sixth says so.
constexpr uint8_t bad = 0x80;

using value_table = std::array<uint8_t, 256>;

constexpr value_table values_of(std::string_view alphabet) {
  value_table table{};
  table.fill(bad);
  for (size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
  return table;
}

constexpr value_table standard_values = values_of(standard_alphabet);
constexpr value_table url_values = values_of(url_alphabet);

/// Decodes `count` characters without padding: full groups of four, then a rest
/// of none, two or three. `out` has room for `count * 3 / 4` bytes.
bool decode_characters(const char* in, size_t count, uint8_t* out,
                       const value_table& values) {
  auto value
    = [&](size_t i) -> uint32_t { return values[static_cast<uint8_t>(in[i])]; };
  for (; count >= 4; count -= 4, in += 4, out += 3) {
    uint32_t a = value(0), b = value(1), c = value(2), d = value(3);
    if ((a | b | c | d) & bad)
      return false;
    uint32_t group = a << 18 | b << 12 | c << 6 | d;
    out[0] = static_cast<uint8_t>(group >> 16);
    out[1] = static_cast<uint8_t>(group >> 8);
    out[2] = static_cast<uint8_t>(group);
  }
  if (count == 0)
    return true;
  if (count == 1)
    return false;
  uint32_t a = value(0), b = value(1), c = count == 3 ? value(2) : 0;
  if ((a | b | c) & bad)
    return false;
  uint32_t group = a << 18 | b << 12 | c << 6;
  // Bits behind the last byte must be zero, or two texts mean the same bytes.
  if (group & (count == 3 ? 0xff : 0xffff))
    return false;
  out[0] = static_cast<uint8_t>(group >> 16);
  if (count == 3)
    out[1] = static_cast<uint8_t>(group >> 8);
  return true;
}

/// Encodes without padding; `out` has room. Returns one past the last.
char* encode_characters(const uint8_t* in, size_t count, char* out,
                        std::string_view alphabet) {
  auto digit = [&](uint32_t value) { return alphabet[value & 0x3f]; };
  for (; count >= 3; count -= 3, in += 3) {
    uint32_t group = uint32_t{in[0]} << 16 | uint32_t{in[1]} << 8 | in[2];
    *out++ = digit(group >> 18);
    *out++ = digit(group >> 12);
    *out++ = digit(group >> 6);
    *out++ = digit(group);
  }
  if (count == 0)
    return out;
  uint32_t group = uint32_t{in[0]} << 16;
  if (count == 2)
    group |= uint32_t{in[1]} << 8;
  *out++ = digit(group >> 18);
  *out++ = digit(group >> 12);
  if (count == 2)
    *out++ = digit(group >> 6);
  return out;
}

#ifdef VELOX_BASE64_SSSE3

/// Decodes groups of 16 characters into 12 bytes while 16 bytes may be stored
/// and returns how many characters are done, stopping before a group with a bad
/// one. The method is W. Mula's, "Faster Base64 Encoding and Decoding using
/// AVX2 Instructions" (2018), in its 16 byte form.
__attribute__((target("ssse3"))) size_t
decode_ssse3(const char* in, size_t count, uint8_t* out) {
  const __m128i low_class
    = _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                    0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
  const __m128i high_class
    = _mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10,
                    0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  const __m128i offsets
    = _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m128i order
    = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  const __m128i mask = _mm_set1_epi8(0x2f);
  size_t done = 0;
  // 24 characters leave at least 16 bytes of output, padding or not.
  for (; count - done >= 24; done += 16, out += 12) {
    __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + done));
    __m128i high = _mm_and_si128(_mm_srli_epi32(text, 4), mask);
    __m128i low = _mm_and_si128(text, mask);
    __m128i clash = _mm_and_si128(_mm_shuffle_epi8(low_class, low),
                                  _mm_shuffle_epi8(high_class, high));
    if (_mm_movemask_epi8(_mm_cmpgt_epi8(clash, _mm_setzero_si128())))
      break;
    __m128i slash = _mm_cmpeq_epi8(text, mask);
    __m128i offset = _mm_shuffle_epi8(offsets, _mm_add_epi8(slash, high));
    __m128i values = _mm_add_epi8(text, offset);
    __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
    __m128i groups = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                     _mm_shuffle_epi8(groups, order));
  }
  return done;
}

/// Encodes groups of 12 bytes into 16 characters while 16 bytes may be read and
/// returns how many bytes are done.
__attribute__((target("ssse3"))) size_t
encode_ssse3(const uint8_t* in, size_t count, char* out) {
  const __m128i order
    = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
  const __m128i offsets = _mm_setr_epi8(
    'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
    '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
  size_t done = 0;
  for (; count - done >= 16; done += 12, out += 16) {
    __m128i bytes
      = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + done));
    bytes = _mm_shuffle_epi8(bytes, order);
    __m128i odd
      = _mm_mulhi_epu16(_mm_and_si128(bytes, _mm_set1_epi32(0x0fc0fc00)),
                        _mm_set1_epi32(0x04000040));
    __m128i even
      = _mm_mullo_epi16(_mm_and_si128(bytes, _mm_set1_epi32(0x003f03f0)),
                        _mm_set1_epi32(0x01000010));
    __m128i values = _mm_or_si128(odd, even);
    // 13 for capitals, 0 for small letters, 1 to 12 for the rest.
    __m128i kind = _mm_subs_epu8(values, _mm_set1_epi8(51));
    __m128i capital = _mm_cmpgt_epi8(_mm_set1_epi8(26), values);
    kind = _mm_or_si128(kind, _mm_and_si128(capital, _mm_set1_epi8(13)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                     _mm_add_epi8(_mm_shuffle_epi8(offsets, kind), values));
  }
  return done;
}

bool has_ssse3() {
  static const bool yes = __builtin_cpu_supports("ssse3");
  return yes;
}

#else

size_t decode_ssse3(const char*, size_t, uint8_t*) {
  return 0;
}

size_t encode_ssse3(const uint8_t*, size_t, char*) {
  return 0;
}

bool has_ssse3() {
  return false;
}

#endif

bool decode_padded(std::string_view text, std::vector<uint8_t>& out,
                   bool vectors) {
  if (text.size() % 4 != 0)
    return false;
  for (int i = 0; i < 2 && text.ends_with('='); ++i)
    text.remove_suffix(1);
  size_t before = out.size();
  out.resize(before + text.size() * 3 / 4);
  uint8_t* target = out.data() + before;
  size_t done = vectors ? decode_ssse3(text.data(), text.size(), target) : 0;
  if (decode_characters(text.data() + done, text.size() - done,
                        target + done / 4 * 3, standard_values))
    return true;
  out.resize(before);
  return false;
}

void append_padded(std::string& out, std::span<const uint8_t> data,
                   bool vectors) {
  size_t before = out.size();
  out.resize(before + base64_size(data.size()), '=');
  char* target = out.data() + before;
  size_t done = vectors ? encode_ssse3(data.data(), data.size(), target) : 0;
  encode_characters(data.data() + done, data.size() - done,
                    target + done / 3 * 4, standard_alphabet);
}

} // namespace

bool decode_base64(std::string_view text, std::vector<uint8_t>& out) {
  return decode_padded(text, out, has_ssse3());
}

bool decode_base64_scalar(std::string_view text, std::vector<uint8_t>& out) {
  return decode_padded(text, out, false);
}

void append_base64(std::string& out, std::span<const uint8_t> data) {
  append_padded(out, data, has_ssse3());
}

void append_base64_scalar(std::string& out, std::span<const uint8_t> data) {
  append_padded(out, data, false);
}

std::string encode_base64(std::span<const uint8_t> data) {
  std::string text;
  append_base64(text, data);
  return text;
}

std::string encode_base64url(std::span<const uint8_t> data) {
  std::string text(base64_size(data.size()), '\0');
  char* end
    = encode_characters(data.data(), data.size(), text.data(), url_alphabet);
  text.resize(static_cast<size_t>(end - text.data()));
  return text;
}

bool decode_base64url(std::string_view text, std::vector<uint8_t>& out) {
  size_t before = out.size();
  out.resize(before + text.size() * 3 / 4);
  if (decode_characters(text.data(), text.size(), out.data() + before,
                        url_values))
    return true;
  out.resize(before);
  return false;
}

} // namespace velox

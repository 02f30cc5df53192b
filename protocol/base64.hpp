#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Base64 as in RFC 4648: section 4 (padded) for audio on the wire, section 5
/// (URL safe, here without padding) for tokens. Decoding is strict: no white
/// space, no missing padding, no stray bits behind the last byte.

namespace velox {

/// Appends what `text` stands for to `out`. False on bad input; `out` is
/// unchanged then.
bool decode_base64(std::string_view text, std::vector<uint8_t>& out);

/// Appends `data` to `out`, padded.
void append_base64(std::string& out, std::span<const uint8_t> data);

/// `data` as padded text.
std::string encode_base64(std::span<const uint8_t> data);

/// `data` as unpadded, URL-safe text.
std::string encode_base64url(std::span<const uint8_t> data);

/// Appends what unpadded, URL-safe `text` stands for to `out`. False on bad
/// input; `out` is unchanged then.
bool decode_base64url(std::string_view text, std::vector<uint8_t>& out);

/// The length of the padded text of `bytes` bytes.
constexpr size_t base64_size(size_t bytes) {
  return (bytes + 2) / 3 * 4;
}

/// `decode_base64` and `append_base64` without vector instructions: what a
/// machine without SSSE3 runs, and what the tests hold the fast version
/// against.
bool decode_base64_scalar(std::string_view text, std::vector<uint8_t>& out);
void append_base64_scalar(std::string& out, std::span<const uint8_t> data);

} // namespace velox

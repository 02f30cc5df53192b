#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// WebSocket frames as a server writes and reads them (RFC 6455, 5).

namespace velox::test {

enum class frame_kind : uint8_t {
  more = 0, ///< continues a message
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

struct vendor_frame {
  frame_kind kind = frame_kind::text;
  bool last = true; ///< FIN
  std::string payload{};
};

/// Takes the first frame out of `bytes`, unmasked; none when it is not
/// complete. Throws `std::runtime_error` when a client may not send it.
std::optional<vendor_frame> take_frame(std::string& bytes);

/// One frame, not masked.
std::string make_frame(const vendor_frame& x);

/// The payload of a close frame; without a code when that is 0.
std::string close_payload(uint16_t code, std::string_view reason);

/// The answer to a `Sec-WebSocket-Key`.
std::string accept_of(std::string_view key);

} // namespace velox::test

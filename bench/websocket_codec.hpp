#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

/// The client's side of WebSocket framing (RFC 6455, 5.2), as cheap as can be:
/// what the load generator spends, it cannot spend on callers.

namespace velox::bench {

enum class opcode : uint8_t { text = 1, close = 8, ping = 9, pong = 10 };

/// Appends one unfragmented frame, masked as clients must.
void append_client_frame(std::string& out, opcode code,
                         std::string_view payload, uint32_t mask);

/// Cuts what a server sends into frames. Fragments are not supported: neither
/// server of this bench sends any.
class frame_reader {
public:
  /// The payload is valid during the call only.
  using handler = std::function<void(opcode code, std::string_view payload)>;

  /// Hands over every frame that `bytes` completes.
  void read(std::string_view bytes, const handler& handle);

private:
  std::string rest_; ///< the beginning of a frame that is not complete
};

} // namespace velox::bench

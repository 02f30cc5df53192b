#pragma once

#include "tests/support/vendors/fake_voice.hpp"

namespace velox::test {

/// Deepgram's /v1/speak, by POST and by WebSocket. Whoever forgets
/// `container=none` gets a WAV header. After Clear some stale audio still
/// comes. Flushes above 20 a minute are ignored with a Warning.
class fake_deepgram_speak : public fake_voice {
public:
  fake_deepgram_speak();

  /// Closes every socket as soon as it is idle, with 1000.
  void close_idle(bool x) { close_idle_ = x; }

private:
  void answer(const vendor_request& request, vendor_connection& connection);
  void serve(vendor_connection& connection);
  bool hear(vendor_connection& connection, const vendor_message& message,
            std::deque<speaking>& queue);
  void clear(vendor_connection& connection, std::deque<speaking>& queue);

  std::atomic<bool> close_idle_ = false;
};

} // namespace velox::test

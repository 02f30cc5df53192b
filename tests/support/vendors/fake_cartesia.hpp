#pragma once

#include "tests/support/vendors/fake_voice.hpp"

namespace velox::test {

/// Cartesia's WebSocket. Contexts are said one piece each in turn. A context
/// that is being made when it is cancelled runs to its end. Words are timed
/// ahead of their audio, and unknown messages come in between.
class fake_cartesia : public fake_voice {
public:
  fake_cartesia();

  /// Answers the next text with this error (`status_code`); 0: with audio.
  void refuse_context(int status) { refused_ = status; }

private:
  void answer(const vendor_request& request, vendor_connection& connection);
  void hear(vendor_connection& connection, const std::string& message,
            std::deque<speaking>& queue);
  void say(vendor_connection& connection, std::deque<speaking>& queue);

  std::atomic<int> refused_ = 0;
};

} // namespace velox::test

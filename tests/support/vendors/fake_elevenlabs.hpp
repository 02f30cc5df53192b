#pragma once

#include "tests/support/vendors/fake_voice.hpp"

#include <map>

namespace velox::test {

/// ElevenLabs: `/stream/with-timestamps` by POST and `/multi-stream-input` by
/// WebSocket. Times count from the start of each piece; every character lasts
/// as long as its share of the audio. The sixth open context closes the socket
/// with 1008, and so does a first message without settings.
class fake_elevenlabs : public fake_voice {
public:
  fake_elevenlabs();

  /// The most contexts that were open at once.
  size_t most_contexts() const { return most_contexts_; }

private:
  struct context {
    std::string text;
    bool flushed = false;
    bool closing = false;
    speaking out;
  };
  using contexts = std::map<std::string, context>;

  void answer(const vendor_request& request, vendor_connection& connection);
  void serve(vendor_connection& connection);
  bool hear(vendor_connection& connection, const vendor_message& message,
            contexts& open);
  void say(vendor_connection& connection, contexts& open);

  std::atomic<size_t> most_contexts_ = 0;
};

} // namespace velox::test

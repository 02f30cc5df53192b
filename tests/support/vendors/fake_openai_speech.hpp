#pragma once

#include "tests/support/vendors/fake_voice.hpp"

namespace velox::test {

/// OpenAI's /v1/audio/speech: 24 kHz PCM in pieces of odd size, or the same in
/// server-sent events.
class fake_openai_speech : public fake_voice {
public:
  fake_openai_speech();

  void answer_in_events(bool x) { events_ = x; }

  /// What it sends for `text`: some 24 kHz PCM, little endian.
  static std::vector<uint8_t> pcm_of(std::string_view text);

private:
  void answer(const vendor_request& request, vendor_connection& connection);

  std::atomic<bool> events_ = false;
};

} // namespace velox::test

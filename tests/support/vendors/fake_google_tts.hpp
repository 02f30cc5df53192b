#pragma once

#include "tests/support/vendors/fake_voice.hpp"

namespace velox::test {

/// Google's text:synthesize: the whole WAV file at once, in base64, with the
/// long header (58 bytes) that mu-law has.
class fake_google_tts : public fake_voice {
public:
  fake_google_tts();

  static std::vector<uint8_t> wav_of(const std::vector<uint8_t>& mulaw);

private:
  void answer(const vendor_request& request, vendor_connection& connection);
};

} // namespace velox::test

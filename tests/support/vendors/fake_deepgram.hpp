#pragma once

#include "tests/support/vendors/stt_fake.hpp"

namespace velox::test {

/// Deepgram's `/v1/listen` over WebSocket (stt.md, section 1): SpeechStarted,
/// interims, a settled segment every 3 s, speech_final after `endpointing`,
/// UtteranceEnd, Finalize, KeepAlive, CloseStream, NET-0001.
class fake_deepgram : public stt_fake {
public:
  fake_deepgram();
};

} // namespace velox::test

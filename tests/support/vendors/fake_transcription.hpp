#pragma once

#include "tests/support/vendors/stt_fake.hpp"

namespace velox::test {

/// Recordings as text: Deepgram's `POST /v1/listen` (stt.md, section 3) and
/// OpenAI's `POST /v1/audio/transcriptions` (section 7), told apart by the
/// path. Understands spelled mu-law, raw or in WAV.
class fake_transcription : public stt_fake {
public:
  fake_transcription();
};

} // namespace velox::test

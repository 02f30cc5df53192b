#pragma once

#include "tests/support/vendors/stt_fake.hpp"

namespace velox::test {

/// Deepgram's `/v2/listen` (stt.md, section 2), by its state machine: Update
/// every 0.25 s of audio, StartOfTurn with the first word, EagerEndOfTurn after
/// half of `stt_plan::end_ms` of silence if asked for, TurnResumed, EndOfTurn.
class fake_flux : public stt_fake {
public:
  fake_flux();
};

} // namespace velox::test

#pragma once

#include "tests/support/vendors/stt_fake.hpp"

namespace velox::test {

/// AssemblyAI's `/v3/ws` (stt.md, section 6): Turn frames per word, the end of
/// a turn after `stt_plan::end_ms` of silence, twice with `format_turns`; audio
/// messages outside 50 to 1000 ms end the session with 3007.
class fake_assemblyai : public stt_fake {
public:
  fake_assemblyai();
};

} // namespace velox::test

#pragma once

#include "tests/support/vendors/stt_fake.hpp"

namespace velox::test {

/// Google's `POST /v1/speech:recognize` (stt.md, section 4): one minute of
/// mu-law at most, a bearer token or an API key.
class fake_google_speech : public stt_fake {
public:
  fake_google_speech();
};

} // namespace velox::test

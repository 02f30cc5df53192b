#pragma once

#include "tests/support/vendors/fake_model.hpp"

namespace velox::test {

/// Gemini's streamGenerateContent as llm.md, section 2, describes the fake:
/// wants a key, signs the first call of a step, and refuses a step that comes
/// back without its signature or with the wrong number of results.
std::unique_ptr<model_wire> gemini_wire();

} // namespace velox::test

#pragma once

#include "tests/support/vendors/fake_model.hpp"

namespace velox::test {

/// Ollama's /api/chat as llm.md, section 6, describes the fake: knows every
/// model but "missing", and refuses tools for phi3.
std::unique_ptr<model_wire> ollama_wire();

} // namespace velox::test

#pragma once

#include "tests/support/vendors/fake_model.hpp"

namespace velox::test {

/// OpenAI's Chat Completions as llm.md, section 4, describes the fake: wants a
/// key and an answer to every tool call, splits arguments within an escape,
/// sends keep-alive comments.
std::unique_ptr<model_wire> openai_wire();

} // namespace velox::test

#pragma once

#include "tests/support/vendors/fake_model.hpp"

namespace velox::test {

/// Anthropic's Messages as llm.md, section 7, describes the fake: wants key,
/// version and limit, turns that begin with the user's, and a result for every
/// call; sends pings and a thought.
std::unique_ptr<model_wire> anthropic_wire();

} // namespace velox::test

#pragma once

#include "tests/models/models_fixture.hpp"

#include <gmock/gmock.h>

namespace velox::test {

/// What every language model does, whoever the vendor is.
class Conformance : public ModelTest,
                    public testing::WithParamInterface<size_t> {
protected:
  Conformance() : ModelTest(implementations()[GetParam()]) {}

  bool is(const char* name) const { return which_.name == name; }

  /// The code with which a session fails that asks once.
  provider_failed failure() {
    auto model = session();
    model->answer(ask(1, 7));
    EXPECT_TRUE(client_.wait_failed());
    auto all = client_.now();
    if (all.failed.empty())
      return {};
    EXPECT_EQ(all.failed.size(), 1u);
    EXPECT_EQ(all.order.back(), 'f');
    EXPECT_EQ(all.failed[0].stage, "llm");
    EXPECT_EQ(all.failed[0].attempt, 7u);
    EXPECT_THAT(all.failed[0].why, testing::HasSubstr(which_.name));
    EXPECT_THAT(all.failed[0].why,
                testing::Not(testing::HasSubstr("test-key")));
    EXPECT_THAT(all.failed[0].why, testing::Not(testing::HasSubstr("secret")));
    EXPECT_THAT(all.failed[0].why,
                testing::Not(testing::HasSubstr("when are you open")));
    return all.failed[0];
  }
};

} // namespace velox::test

#pragma once

#include "protocol/spoken_form.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace velox::test {

/// A sentence and what is said for it.
struct spoken_case {
  std::string_view language, written, spoken;
};

/// Says all of `cases`, and says again what came out: that changes nothing.
template <class Cases>
void expect_spoken(const Cases& cases) {
  for (auto& x : cases) {
    auto said = spoken_form(x.written, x.language);
    EXPECT_EQ(said, x.spoken) << x.language << ": " << x.written;
    EXPECT_EQ(spoken_form(said, x.language), said) << x.written;
  }
}

} // namespace velox::test

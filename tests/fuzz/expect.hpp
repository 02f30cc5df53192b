#pragma once

#include <cstdlib>

/// Ends the fuzz run as a finding unless `holds`.
inline void expect(bool holds) {
  if (!holds)
    std::abort();
}

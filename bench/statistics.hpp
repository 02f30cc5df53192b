#pragma once

#include <vector>

namespace velox::bench {

/// The smallest value that `share` (0 to 1) of all values do not exceed; 0 when
/// there are none.
double percentile(std::vector<double> values, double share);

/// The middle value, or the mean of the two in the middle; 0 when there is
/// none.
double median(std::vector<double> values);

/// Appends `more` to `values`.
void pool(std::vector<double>& values, const std::vector<double>& more);

} // namespace velox::bench

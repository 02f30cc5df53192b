#include "bench/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace velox::bench {

double percentile(std::vector<double> values, double share) {
  if (values.empty())
    return 0;
  auto rank = std::ceil(share * static_cast<double>(values.size()));
  auto index = std::clamp<ptrdiff_t>(static_cast<ptrdiff_t>(rank) - 1, 0,
                                     std::ssize(values) - 1);
  std::nth_element(values.begin(), values.begin() + index, values.end());
  return values[static_cast<size_t>(index)];
}

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle]
                                : (values[middle - 1] + values[middle]) / 2;
}

void pool(std::vector<double>& values, const std::vector<double>& more) {
  values.insert(values.end(), more.begin(), more.end());
}

} // namespace velox::bench

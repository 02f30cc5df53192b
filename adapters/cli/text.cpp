#include "adapters/cli/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace velox::cli {

std::string printable(std::string_view text) {
  std::string result{text};
  for (size_t i = 0; i < result.size(); ++i) {
    auto x = static_cast<unsigned char>(result[i]);
    // C1 controls are C2 80 to C2 9F in UTF-8.
    auto c1 = x == 0xC2 && i + 1 < result.size()
              && static_cast<unsigned char>(result[i + 1]) < 0xA0;
    if (x < 0x20 || x == 0x7F || c1)
      result[i] = ' ';
    if (c1)
      result[i + 1] = ' ';
  }
  return result;
}

std::string clock_text(std::chrono::milliseconds time) {
  auto tenths = std::max<int64_t>(time.count(), 0) / 100;
  return fmt::format("{}:{:02}.{}", tenths / 600, tenths / 10 % 60,
                     tenths % 10);
}

std::string table(const std::vector<std::vector<std::string>>& rows,
                  std::string_view indent) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  std::string result;
  for (const auto& row : rows) {
    std::string line{indent};
    for (size_t i = 0; i < row.size(); ++i)
      line += fmt::format("{:<{}}  ", printable(row[i]), widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  }
  return result;
}

} // namespace velox::cli

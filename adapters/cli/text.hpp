#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace velox::cli {

/// `text` for a terminal: control characters, which could move the cursor or
/// worse, become spaces.
std::string printable(std::string_view text);

/// Minutes, seconds and tenths, "0:04.2"; negative times count as zero.
std::string clock_text(std::chrono::milliseconds time);

/// Rows as columns of equal width, two spaces apart, each line behind
/// `indent`. The first row is the heading.
std::string table(const std::vector<std::vector<std::string>>& rows,
                  std::string_view indent = "");

} // namespace velox::cli

#include "persistence/iso_time.hpp"

#include <cstdio>
#include <ctime>

namespace velox::persistence {

std::string iso_time(unix_ms at) {
  auto seconds = static_cast<std::time_t>(at / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[32];
  auto length = std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
  char fraction[8];
  std::snprintf(fraction, sizeof(fraction), ".%03uZ",
                static_cast<unsigned>(at % 1000) % 1000);
  return std::string{date, length} + fraction;
}

} // namespace velox::persistence

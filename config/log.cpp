#include "config/log.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace velox::config {

namespace {

std::shared_ptr<spdlog::logger> make_log() {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  auto made = std::make_shared<spdlog::logger>("velox", std::move(sink));
  made->set_formatter(std::make_unique<spdlog::pattern_formatter>(
    "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc));
  made->flush_on(spdlog::level::warn);
  return made;
}

} // namespace

spdlog::logger& log() {
  // Never destroyed: threads that outlive main() may still write.
  static auto& logger = *new std::shared_ptr<spdlog::logger>(make_log());
  return *logger;
}

bool set_log_level(std::string_view level) {
  static constexpr std::array<std::string_view, 6> levels{
    "trace", "debug", "info", "warn", "error", "off"};
  if (std::find(levels.begin(), levels.end(), level) == levels.end())
    return false;
  log().set_level(spdlog::level::from_str(std::string{level}));
  return true;
}

std::string field(std::string_view value) {
  auto plain = [](unsigned char c) {
    return c > ' ' && c != 0x7f && c != '"' && c != '\\' && c != '=';
  };
  if (!value.empty() && std::all_of(value.begin(), value.end(), plain))
    return std::string{value};
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (unsigned char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < ' ' || c == 0x7f) {
      out += "\\x";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
  return out;
}

} // namespace velox::config

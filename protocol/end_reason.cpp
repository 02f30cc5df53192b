#include "protocol/end_reason.hpp"

#include <array>
#include <utility>

namespace velox {

namespace {

constexpr auto names = std::to_array<std::pair<end_reason, std::string_view>>({
  {end_reason::caller_hung_up, "caller-hung-up"},
  {end_reason::agent_hung_up, "agent-hung-up"},
  {end_reason::transferred, "transferred"},
  {end_reason::caller_gone, "caller-gone"},
  {end_reason::caller_idle, "caller-idle"},
  {end_reason::wire_lost, "wire-lost"},
  {end_reason::protocol_violation, "protocol-violation"},
  {end_reason::deadline_reached, "deadline-reached"},
  {end_reason::credit_exhausted, "credit-exhausted"},
  {end_reason::too_many_restarts, "too-many-restarts"},
  {end_reason::providers_failed, "providers-failed"},
  {end_reason::answering_machine, "answering-machine"},
  {end_reason::ended_by_operator, "ended-by-operator"},
  {end_reason::engine_stopped, "engine-stopped"},
  {end_reason::engine_crashed, "engine-crashed"},
  {end_reason::refused, "refused"},
});

} // namespace

std::string_view to_text(end_reason reason) {
  for (auto& [value, name] : names)
    if (value == reason)
      return name;
  return "unknown";
}

std::optional<end_reason> parse_end_reason(std::string_view text) {
  for (auto& [value, name] : names)
    if (name == text)
      return value;
  return std::nullopt;
}

} // namespace velox

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace velox {

/// Why a call ended. The list is closed: every ended conversation carries
/// exactly one of these, under the name that `to_text` gives it.
enum class end_reason : uint8_t {
  /// The caller or the carrier hung up (the carrier's `stop` event).
  caller_hung_up,
  /// The agent said goodbye.
  agent_hung_up,
  /// The agent handed the caller to a person.
  transferred,
  /// Nothing came from the caller's side for longer than the ghost time-out.
  caller_gone,
  /// The caller said nothing although asked more than once.
  caller_idle,
  /// The media socket was lost without a `stop`.
  wire_lost,
  /// The carrier sent what is not the media protocol, or far too much of it.
  protocol_violation,
  /// The hard maximum duration was reached.
  deadline_reached,
  /// The organisation's talk time ran out during the call.
  credit_exhausted,
  /// A part of the call failed more often than its restart budget allows.
  too_many_restarts,
  /// None of the providers of a stage worked.
  providers_failed,
  /// A machine answered a call that we placed; the agent does not talk to it.
  answering_machine,
  /// An operator ended the call.
  ended_by_operator,
  /// The engine stopped before the caller was done.
  engine_stopped,
  /// The engine process died; written by the next start.
  engine_crashed,
  /// The call never became a conversation: full, duplicate, no agent.
  refused,
};

/// The stored and printed name, such as "caller-hung-up".
std::string_view to_text(end_reason reason);

/// The reverse of `to_text`.
std::optional<end_reason> parse_end_reason(std::string_view text);

} // namespace velox

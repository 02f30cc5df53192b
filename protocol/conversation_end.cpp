#include "protocol/conversation_end.hpp"

namespace velox {

conversation_status status_of(end_reason why) {
  switch (why) {
    case end_reason::caller_hung_up:
    case end_reason::agent_hung_up:
    case end_reason::transferred:
    case end_reason::deadline_reached:
    case end_reason::credit_exhausted:
    case end_reason::answering_machine:
    case end_reason::ended_by_operator: return conversation_status::completed;
    case end_reason::caller_gone:
    case end_reason::caller_idle:
    case end_reason::wire_lost: return conversation_status::abandoned;
    case end_reason::protocol_violation:
    case end_reason::too_many_restarts:
    case end_reason::providers_failed:
    case end_reason::engine_stopped:
    case end_reason::engine_crashed:
    case end_reason::refused: return conversation_status::failed;
  }
  return conversation_status::failed;
}

} // namespace velox

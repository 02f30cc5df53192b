#pragma once

#include "protocol/sessions.hpp"

#include <caf/type_id.hpp>

/// The messages of sessions.hpp, in a block of their own.

CAF_BEGIN_TYPE_ID_BLOCK(velox_sessions, 1000)

  CAF_ADD_TYPE_ID(velox_sessions, (velox::call_stage))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::floor_changed))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::take_lease))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::call_lease))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::stage_changed))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::allow_request))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::request_allowed))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::breaker_changed))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::end_call_anywhere))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::list_sessions))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::session_record))
  CAF_ADD_TYPE_ID(velox_sessions, (velox::session_status))
  CAF_ADD_TYPE_ID(velox_sessions, (std::vector<velox::session_record>))

CAF_END_TYPE_ID_BLOCK(velox_sessions)

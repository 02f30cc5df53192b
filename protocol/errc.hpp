#pragma once

#include <caf/error.hpp>
#include <caf/message.hpp>

#include <cstdint>
#include <string>

namespace velox {

/// What can go wrong between the parts, as it travels in `caf::error`.
enum class errc : uint8_t {
  none = 0,
  /// A child ended more often than its parent's budget allows.
  too_many_restarts,
  /// As many calls as the engine admits are on the line.
  engine_full,
  /// The call already has its media socket.
  duplicate_call,
  /// The stream token was used before.
  token_replayed,
  /// The engine is draining: it finishes calls and takes no new one.
  engine_stopping,
  /// No active agent answers the number that was called.
  unknown_agent,
  /// There is no such call, or it has ended.
  unknown_call,
  /// The call has no child of that name.
  unknown_child,
  /// The organisation has no talk time left.
  out_of_credit,
  /// The database refused or lost a statement.
  store_failed,
  /// What was asked for does not exist.
  not_found,
  /// A provider session cannot do its work any more.
  provider_failed,
  /// A provider is not asked at the moment: it failed too often.
  provider_unavailable,
  /// A provider does as much for us at once as it may.
  provider_busy,
};

std::string to_string(errc code);

} // namespace velox

CAF_ERROR_CODE_ENUM(velox::errc, "velox")

#pragma once

#include "protocol/records.hpp"

#include <cstdint>
#include <string>

/// Organisations and what they keep, as operators and the API see it. Calls get
/// by with records.hpp.

namespace velox {

/// An organisation with all that is not its talk time's history.
struct organisation_profile {
  std::string id;
  std::string name;
  std::string plan = "PREPAID";
  /// Stripe's word, such as "active" or "past_due"; empty: no subscription.
  std::string subscription_status;
  std::string stripe_customer_id;     ///< empty: none
  std::string stripe_subscription_id; ///< empty: none
  /// Below this the organisation is told that its talk time runs out.
  int64_t low_balance_seconds = 600;
  int64_t credit_seconds = 0;   ///< can be reserved by calls
  int64_t reserved_seconds = 0; ///< held for calls that are on the line
  int64_t owed_seconds = 0;     ///< talked without cover
  unix_ms created_at = 0;
  unix_ms deleted_at = 0; ///< 0: alive
};

/// What a user may do: viewers look, editors change agents, admins all else.
enum class user_role : uint8_t { admin, editor, viewer };

std::string to_text(user_role role);

struct user_record {
  std::string org_id;
  std::string id;    ///< the identity provider's `sub`
  std::string email; ///< empty: unknown
  std::string name;
  user_role role = user_role::viewer;
  unix_ms created_at = 0;
};

/// A number that an organisation holds.
struct phone_number_record {
  std::string number; ///< E.164
  std::string org_id;
  std::string agent_id;   ///< who answers it; empty: nobody yet
  std::string carrier;    ///< "twilio"
  std::string carrier_id; ///< Twilio's "PN..."
  unix_ms created_at = 0;
};

/// An agent as its editors see it.
struct agent_profile {
  agent_record agent;
  std::string prompt;
  std::string tools = "[]";      ///< JSON, an array
  std::string llm_config = "{}"; ///< JSON, an object
  std::string flow = "{}";       ///< JSON, an object
  /// Grows with each change; whoever changes it says which one they saw.
  int64_t version = 0;
  unix_ms created_at = 0;
  unix_ms updated_at = 0;
};

/// Whether an agent may use a tool.
struct tool_permission {
  std::string org_id;
  std::string agent_id;
  std::string tool;
  bool allowed = false;
  int64_t calls_per_day = 0; ///< 0: no limit
  unix_ms changed_at = 0;
};

/// What a person agreed to, or took back.
struct consent_record {
  std::string org_id;
  std::string phone_number; ///< E.164
  std::string purpose;      ///< recording, calls, marketing or storage
  bool given = false;
  unix_ms at = 0;
  std::string call_id;  ///< empty: not in a call
  std::string evidence; ///< how it was given
};

/// What a do-not-disturb register said about a number.
struct dnd_check {
  std::string org_id;
  std::string phone_number; ///< E.164
  std::string purpose;      ///< promotional, service or transactional
  std::string verdict;      ///< allow, deny or unknown
  std::string reason;
  std::string evidence_id; ///< the register's own id of the answer
  unix_ms checked_at = 0;
  unix_ms expires_at = 0; ///< from here on it has to be asked again
};

} // namespace velox

#pragma once

#include "persistence/database.hpp"
#include "protocol/tenant_records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// The organisations that use the engine.
class organisations {
public:
  explicit organisations(connection& db) : db_(db) {}

  /// Adds the organisation, or renames the one with this id. The talk time of a
  /// known one is left alone: calls have drawn on it.
  void upsert(const organisation_record& x);

  /// None when it was removed, too.
  std::optional<organisation_record> find(std::string_view id);

  /// Removed ones included: what was talked has to be paid.
  std::optional<organisation_profile> profile(std::string_view id);

  /// Those that are alive, in the order of their ids, at most 1000 behind
  /// `after` (an id; empty: from the beginning).
  std::vector<organisation_profile> list(std::string_view after = {});

  /// The living organisation that pays as this Stripe customer.
  std::optional<organisation_profile>
  find_by_customer(std::string_view stripe_customer_id);

  /// Below how much talk time it wants to be told. Throws not_found.
  void warn_below(std::string_view id, int64_t low_balance_seconds);

  /// Its agents answer no more and its users are out; its rows stay. Throws
  /// not_found.
  void remove(std::string_view id, unix_ms now);

private:
  connection& db_;
};

/// The agents of all organisations. An id is unique within an organisation.
class agents {
public:
  explicit agents(connection& db) : db_(db) {}

  /// Adds the agent or replaces the one with this id. Throws not_found when
  /// there is no such organisation, database_error (constraint) when another
  /// active agent has the number.
  void upsert(const agent_record& x);

  /// The active agent that answers `phone_number` (E.164), by its own row or as
  /// one of its organisation's numbers (phone_numbers.hpp): the one question
  /// that comes without an organisation, for it finds out which one.
  std::optional<agent_record> find_by_number(std::string_view phone_number);

  /// The same by the agents' own rows only.
  std::optional<agent_record> find_by_own_number(std::string_view phone_number);

  /// Active or not, but not removed.
  std::optional<agent_record>
  find(std::string_view org_id, std::string_view id);

  /// By name, without those that were removed.
  std::vector<agent_record> list(std::string_view org_id);

  /// All that its editors see.
  std::optional<agent_profile>
  profile(std::string_view org_id, std::string_view id);

  /// Adds the agent (version 0) or changes the one whose version is
  /// `x.version`; returns the version it has now, from 1. `x.created_at` counts
  /// when it is added. Throws as `upsert` does, and database_error (constraint)
  /// when somebody else has changed it since: read it again then.
  int64_t save(const agent_profile& x);

  /// It answers no more; its calls stay. Throws not_found.
  void remove(std::string_view org_id, std::string_view id, unix_ms now);

private:
  void insist_on_free_number(const agent_record& x);

  connection& db_;
};

} // namespace velox::persistence

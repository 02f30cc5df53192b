#pragma once

#include "persistence/database.hpp"
#include "protocol/records.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// Somebody did something that matters.
struct audit_entry {
  std::string org_id; ///< empty: to the engine as a whole
  unix_ms at = 0;
  std::string actor;         ///< a user's id, "cli", "stripe", "engine"
  std::string action;        ///< "org.credit"
  std::string subject;       ///< what it was done to; no phone number
  std::string detail = "{}"; ///< JSON; no secret
};

/// The same with its place in the chain.
struct audit_row {
  audit_entry entry;
  uint64_t sequence = 0;
  std::string previous_hash;
  std::string hash;
};

/// The last row of an organisation's chain.
struct audit_head {
  std::string org_id;
  uint64_t sequence = 0;
  std::string hash;
};

/// What `verify` found.
struct audit_report {
  uint64_t rows = 0;
  /// One sentence per row that is not as it was written.
  std::vector<std::string> problems;
  /// Where each chain ends. Kept elsewhere, they show later that no end was
  /// cut off and no chain written anew.
  std::vector<audit_head> heads;
};

/// Who did what, in one chain per organisation: a row's hash is that of its
/// fields and of the hash before. Rows are only ever added.
class audit_log {
public:
  /// How many rows `list` returns at most.
  static constexpr size_t page = 500;

  explicit audit_log(connection& db) : db_(db) {}

  void add(const audit_entry& x);

  /// The rows behind sequence `after`, oldest first.
  std::vector<audit_row> list(std::string_view org_id, uint64_t after);

  /// Reads all chains. `known` are heads of an earlier report: each must still
  /// be part of its chain.
  audit_report verify(const std::vector<audit_head>& known = {});

private:
  audit_head head(std::string_view org_id);

  connection& db_;
};

/// SHA-256 in hex over the fields of `x`, each with its length before it, so
/// that no two rows read the same.
std::string audit_hash(const audit_row& x);

} // namespace velox::persistence

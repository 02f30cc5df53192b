#include "persistence/audit_log.hpp"

#include "protocol/twilio_signature.hpp" // sha256_hex

#include <algorithm>
#include <utility>

namespace velox::persistence {

namespace {

const std::string beginning(64, '0');

/// In the order of the columns that all queries name.
audit_row read_row(const rows& row) {
  audit_row x;
  x.entry.org_id = row.text(0);
  x.sequence = static_cast<uint64_t>(row.integer(1));
  x.entry.at = row.integer(2);
  x.entry.actor = row.text(3);
  x.entry.action = row.text(4);
  x.entry.subject = row.text(5);
  x.entry.detail = row.text(6);
  x.previous_hash = row.text(7);
  x.hash = row.text(8);
  return x;
}

std::string name_of(std::string_view org_id, uint64_t sequence) {
  return "row " + std::to_string(sequence) + " of "
         + (org_id.empty() ? "the engine"
                           : "organisation " + std::string{org_id});
}

/// Follows the chains as the rows come, by organisation and sequence.
class verifier {
public:
  explicit verifier(const std::vector<audit_head>& known) : known_(known) {}

  void see(const audit_row& x) {
    if (report_.rows++ == 0 || x.entry.org_id != last_.org_id)
      begin(x.entry.org_id);
    if (x.sequence != last_.sequence + 1)
      complain(x, "rows before it are missing");
    if (x.previous_hash != last_.hash)
      complain(x, "it does not follow the row before it");
    if (x.hash != audit_hash(x))
      complain(x, "it was changed");
    for (auto& head : known_)
      if (head.org_id == x.entry.org_id && head.sequence == x.sequence
          && head.hash != x.hash)
        complain(x, "its hash was another one");
    last_ = {x.entry.org_id, x.sequence, x.hash};
  }

  audit_report finish() {
    end_chain();
    for (auto& head : known_)
      if (std::none_of(
            report_.heads.begin(), report_.heads.end(), [&](auto& x) {
              return x.org_id == head.org_id && x.sequence >= head.sequence;
            }))
        report_.problems.push_back(name_of(head.org_id, head.sequence)
                                   + " is gone");
    return std::move(report_);
  }

private:
  void begin(const std::string& org_id) {
    end_chain();
    last_ = {org_id, 0, beginning};
  }

  void end_chain() {
    if (last_.sequence > 0)
      report_.heads.push_back(last_);
  }

  void complain(const audit_row& x, const char* what) {
    report_.problems.push_back(name_of(x.entry.org_id, x.sequence) + ": "
                               + what);
  }

  const std::vector<audit_head>& known_;
  audit_report report_;
  audit_head last_;
};

} // namespace

std::string audit_hash(const audit_row& x) {
  std::string all;
  auto put = [&](const std::string& field) {
    all += std::to_string(field.size()) + ':' + field;
  };
  put(x.previous_hash);
  put(x.entry.org_id);
  put(std::to_string(x.sequence));
  put(std::to_string(x.entry.at));
  put(x.entry.actor);
  put(x.entry.action);
  put(x.entry.subject);
  put(x.entry.detail);
  return sha256_hex(all);
}

audit_head audit_log::head(std::string_view org_id) {
  auto found = db_.query("SELECT sequence, hash FROM audit_log "
                         "WHERE org_id = $1 ORDER BY sequence DESC LIMIT 1",
                         org_id);
  if (!found.next())
    return {std::string{org_id}, 0, beginning};
  return {std::string{org_id}, static_cast<uint64_t>(found.integer(0)),
          found.text(1)};
}

void audit_log::add(const audit_entry& x) {
  transaction all{db_};
  for (int64_t added = 0; added == 0;) {
    auto last = head(x.org_id);
    audit_row row{x, last.sequence + 1, last.hash, {}};
    row.hash = audit_hash(row);
    // Another writer may have taken the place; then ours is behind it.
    added = db_.execute(
      "INSERT INTO audit_log (org_id, sequence, at, actor, action, subject, "
      "detail, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
      "$9) ON CONFLICT (org_id, sequence) DO NOTHING",
      x.org_id, row.sequence, x.at, x.actor, x.action, x.subject, x.detail,
      row.previous_hash, row.hash);
  }
  all.commit();
}

std::vector<audit_row>
audit_log::list(std::string_view org_id, uint64_t after) {
  auto found = db_.query(
    "SELECT org_id, sequence, at, actor, action, subject, detail, "
    "previous_hash, hash FROM audit_log WHERE org_id = $1 AND sequence > $2 "
    "ORDER BY sequence LIMIT $3",
    org_id, after, page);
  std::vector<audit_row> result;
  while (found.next())
    result.push_back(read_row(found));
  return result;
}

audit_report audit_log::verify(const std::vector<audit_head>& known) {
  verifier chain{known};
  auto found = db_.query("SELECT org_id, sequence, at, actor, action, subject, "
                         "detail, previous_hash, hash FROM audit_log "
                         "ORDER BY org_id, sequence");
  while (found.next())
    chain.see(read_row(found));
  return chain.finish();
}

} // namespace velox::persistence

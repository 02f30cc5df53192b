#include "persistence/recordings.hpp"

namespace velox::persistence {

namespace {

recording_record read(const rows& x) {
  return {x.text(0),    x.text(1),    x.text(2),    x.text(3),
          x.integer(4), x.integer(5), x.integer(6), x.integer(7)};
}

std::vector<recording_record> read_all(rows found) {
  std::vector<recording_record> result;
  while (found.next())
    result.push_back(read(found));
  return result;
}

} // namespace

void recordings::store(const recording_record& x) {
  // The call first: a missing one would otherwise only break a rule, and rules
  // have no good texts.
  if (!db_
         .query("SELECT 1 FROM conversations WHERE org_id = $1 "
                "AND call_id = $2",
                x.org_id, x.call_id)
         .next())
    throw not_found{"recording_stored: the organisation has no such call"};
  auto changed = db_.execute(
    "INSERT INTO recordings (org_id, file, call_id, key_id, duration_ms, size, "
    "created_at, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
    "ON CONFLICT (file) DO UPDATE SET duration_ms = excluded.duration_ms, "
    "size = excluded.size WHERE recordings.org_id = excluded.org_id "
    "AND recordings.call_id = excluded.call_id",
    x.org_id, x.file, x.call_id, x.key_id, x.duration_ms, x.size, x.created_at,
    x.delete_after);
  if (changed == 0)
    throw not_found{"recording_stored: the file belongs to another call"};
}

std::vector<recording_record>
recordings::list(std::string_view org_id, std::string_view call_id) {
  if (call_id.empty())
    return read_all(db_.query(
      "SELECT call_id, org_id, file, key_id, duration_ms, size, created_at, "
      "delete_after FROM recordings WHERE org_id = $1 "
      "ORDER BY created_at DESC LIMIT $2",
      org_id, page));
  return read_all(db_.query(
    "SELECT call_id, org_id, file, key_id, duration_ms, size, created_at, "
    "delete_after FROM recordings WHERE org_id = $1 AND call_id = $2 "
    "ORDER BY created_at DESC LIMIT $3",
    org_id, call_id, page));
}

std::vector<recording_record> recordings::due(unix_ms now) {
  return read_all(db_.query(
    "SELECT call_id, org_id, file, key_id, duration_ms, size, created_at, "
    "delete_after FROM recordings WHERE delete_after < $1 "
    "ORDER BY delete_after LIMIT $2",
    now, due_page));
}

void recordings::forget(std::string_view org_id, std::string_view file) {
  db_.execute("DELETE FROM recordings WHERE org_id = $1 AND file = $2", org_id,
              file);
}

std::vector<std::string>
recordings::strays(const std::vector<std::string>& files) {
  std::vector<std::string> result;
  for (auto& file : files)
    if (!db_.query("SELECT 1 FROM recordings WHERE file = $1", file).next())
      result.push_back(file);
  return result;
}

} // namespace velox::persistence

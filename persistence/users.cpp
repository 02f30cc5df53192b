#include "persistence/users.hpp"

#include "persistence/tenants.hpp"

namespace velox::persistence {

namespace {

user_role parse_role(std::string_view text) {
  for (auto role : {user_role::admin, user_role::editor})
    if (text == to_text(role))
      return role;
  return user_role::viewer; // the schema admits no other text
}

std::vector<user_record> read_all(rows found) {
  std::vector<user_record> result;
  while (found.next())
    result.push_back({.org_id = found.text(0),
                      .id = found.text(1),
                      .email = found.text(2),
                      .name = found.text(3),
                      .role = parse_role(found.text(4)),
                      .created_at = found.integer(5)});
  return result;
}

} // namespace

void users::upsert(const user_record& x) {
  transaction all{db_};
  if (!organisations{db_}.find(x.org_id))
    throw not_found{"user.org_id: no such organisation; add it first"};
  db_.execute("INSERT INTO users (org_id, id, email, name, role, created_at) "
              "VALUES ($1, $2, $3, $4, $5, $6) "
              "ON CONFLICT (org_id, id) DO UPDATE SET email = excluded.email, "
              "name = excluded.name, role = excluded.role, deleted_at = NULL",
              x.org_id, x.id, x.email, x.name, to_text(x.role), x.created_at);
  all.commit();
}

std::optional<user_record>
users::find(std::string_view org_id, std::string_view id) {
  auto found = read_all(
    db_.query("SELECT org_id, id, email, name, role, created_at FROM users "
              "WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL",
              org_id, id));
  if (found.empty())
    return std::nullopt;
  return found.front();
}

std::vector<user_record> users::list(std::string_view org_id) {
  return read_all(
    db_.query("SELECT org_id, id, email, name, role, created_at FROM users "
              "WHERE org_id = $1 AND deleted_at IS NULL ORDER BY name, id",
              org_id));
}

std::vector<user_record> users::memberships(std::string_view id) {
  return read_all(db_.query(
    "SELECT u.org_id, u.id, u.email, u.name, u.role, u.created_at "
    "FROM users u JOIN organisations o ON o.id = u.org_id "
    "WHERE u.id = $1 AND u.deleted_at IS NULL AND o.deleted_at IS NULL "
    "ORDER BY u.org_id",
    id));
}

void users::remove(std::string_view org_id, std::string_view id, unix_ms now) {
  auto removed = db_.execute("UPDATE users SET deleted_at = $3 WHERE "
                             "org_id = $1 AND id = $2 AND deleted_at IS NULL",
                             org_id, id, now);
  if (removed == 0)
    throw not_found{"the organisation has no such user"};
}

} // namespace velox::persistence

#include "persistence/parameter_name.hpp"

#include <gtest/gtest.h>

namespace velox::persistence {

namespace {

struct named {
  const char* sql;
  size_t index;
  const char* name;
};

class ParameterName : public ::testing::TestWithParam<named> {};

TEST_P(ParameterName, IsThatOfTheColumn) {
  auto& x = GetParam();
  EXPECT_EQ(parameter_name(x.sql, x.index), x.name) << x.sql;
}

INSTANTIATE_TEST_SUITE_P(
  Of, ParameterName,
  ::testing::Values(
    named{"INSERT INTO agents (id, org_id) VALUES ($1, $2)", 2,
          "agents.org_id"},
    named{"INSERT INTO t (a, b, c) VALUES ($1, (SELECT x FROM y WHERE z = $1), "
          "$2) ON CONFLICT (a) DO NOTHING",
          2, "t.c"},
    named{"INSERT INTO t (a, b) SELECT $3, id FROM agents WHERE org_id = $2", 3,
          "t.a"},
    named{"INSERT INTO t (a, b) SELECT $3, id FROM agents WHERE org_id = $2", 2,
          "t.org_id"},
    named{"INSERT INTO t (a, b) VALUES ($1, CAST($2 AS BIGINT))", 2, "t.b"},
    named{"UPDATE agents SET name = $2, active = $3 WHERE id = $1", 2,
          "agents.name"},
    named{"UPDATE agents SET name = $2, active = $3 WHERE id = $1", 1,
          "agents.id"},
    named{"UPDATE t SET n = n + 1 WHERE credit >= $1", 1, "t.credit"},
    named{"SELECT a FROM users WHERE u.id = $12 AND b > $1", 12, "users.id"},
    named{"SELECT a FROM users WHERE u.id = $12 AND b > $1", 1, "users.b"},
    named{"DELETE FROM t WHERE id = $1", 1, "t.id"},
    named{"SELECT a FROM t LIMIT $1", 1, "parameter 1"},
    named{"SELECT $1", 2, "parameter 2"}, named{"", 1, "parameter 1"},
    named{"INSERT INTO t (a", 1, "parameter 1"},
    named{"INSERT INTO t (a) VALUES ($", 1, "parameter 1"}));

} // namespace

} // namespace velox::persistence

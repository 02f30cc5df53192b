#include "persistence/dialect.hpp"

#include "persistence/migrate.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace velox::persistence {

namespace {

TEST(Dialect, ReplacesItsWords) {
  constexpr dialect_word words[] = {{"boolean", "BOOLEAN"}, {"json", "JSONB"}};
  dialect other{"other", "BEGIN", "", "SELECT 1", words};
  EXPECT_EQ(translate(other, "a ${boolean}, b ${json}, c ${json}"),
            "a BOOLEAN, b JSONB, c JSONB");
  EXPECT_EQ(translate(other, "costs $1 {or} $ {2}"), "costs $1 {or} $ {2}");
  EXPECT_EQ(translate(other, ""), "");
}

TEST(Dialect, NamesAWordThatItLacks) {
  try {
    translate(sqlite_dialect(), "a ${vector}");
    FAIL() << "no exception";
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(e.what(), "the sqlite dialect has no word ${vector}");
  }
  EXPECT_THROW(translate(sqlite_dialect(), "a ${json"), std::invalid_argument);
}

TEST(Dialect, HasEveryWordOfTheMigrations) {
  ASSERT_GE(all_migrations().size(), 2u);
  for (auto& x : all_migrations())
    for (auto to : {&sqlite_dialect(), &postgres_dialect()})
      EXPECT_EQ(translate(*to, x.sql).find("${"), std::string::npos);
}

} // namespace

} // namespace velox::persistence

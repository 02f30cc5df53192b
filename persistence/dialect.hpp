#pragma once

#include <span>
#include <string>
#include <string_view>

namespace velox::persistence {

/// A word that the migrations write as `${name}`, in one engine's language.
struct dialect_word {
  std::string_view name;
  std::string_view text;
};

/// Everything in which two database engines differ, as far as we use them. All
/// other SQL is one text for all: parameters are `$1`, `$2`..., upserts are
/// `ON CONFLICT`, times are milliseconds in 64 bits.
struct dialect {
  std::string_view engine;
  /// Begins a transaction that is going to write.
  std::string_view begin;
  /// Run first in a transaction that migrates: nobody else migrates meanwhile.
  /// Empty: `begin` does that.
  std::string_view lock_for_migration;
  /// A query that yields a row when the table `$1` exists.
  std::string_view has_table;
  std::span<const dialect_word> words;
};

/// SQLite from 3.37 on (strict tables).
const dialect& sqlite_dialect();

/// PostgreSQL from 13 on.
const dialect& postgres_dialect();

/// `sql` with every `${word}` replaced. Throws std::invalid_argument for a word
/// that the dialect does not have.
std::string translate(const dialect& to, std::string_view sql);

} // namespace velox::persistence

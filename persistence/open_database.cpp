#include "persistence/open_database.hpp"

#include "persistence/postgres.hpp"
#include "persistence/sqlite.hpp"

namespace velox::persistence {

std::unique_ptr<connection> open_database(const database_options& options) {
  if (!options.url.empty())
    return open_postgres({.url = options.url,
                          .patience = options.patience,
                          .statement_timeout = options.statement_timeout,
                          .connect_timeout = options.connect_timeout});
  return open_sqlite({.file = options.file,
                      .create = options.create,
                      .patience = options.patience});
}

} // namespace velox::persistence

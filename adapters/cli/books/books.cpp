#include "adapters/cli/books/books.hpp"

#include "adapters/cli/context.hpp"
#include "adapters/cli/serve/data_directory.hpp"
#include "persistence/migrate.hpp"
#include "persistence/open_database.hpp"

#include <chrono>
#include <filesystem>

namespace velox::cli {

std::unique_ptr<persistence::connection> open_books(const context& ctx) {
  auto options = database_of(ctx.settings().storage);
  if (options.url.empty())
    std::filesystem::create_directories(options.file.parent_path());
  auto result = persistence::open_database(options);
  persistence::migrate(*result);
  return result;
}

std::string name_of_books(const context& ctx) {
  auto options = database_of(ctx.settings().storage);
  if (options.url.empty())
    return options.file.string();
  // Without user, password and parameters.
  auto rest = options.url.substr(options.url.find("://") + 3);
  rest = rest.substr(0, rest.find('?'));
  if (auto at = rest.rfind('@'); at != rest.npos)
    rest = rest.substr(at + 1);
  return "postgresql://" + rest;
}

unix_ms time_of_day() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

} // namespace velox::cli

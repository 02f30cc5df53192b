#include "adapters/cli/serve/data_directory.hpp"

#include "adapters/language/scripted/agent_file.hpp"
#include "adapters/language/scripted/example_agent.hpp"
#include "config/loader.hpp"
#include "persistence/migrate.hpp"
#include "persistence/outbox.hpp"
#include "persistence/price_lists.hpp"
#include "persistence/recovery.hpp"
#include "persistence/tenants.hpp"
#include "persistence/webhook_deliveries.hpp"

#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace velox::cli {

namespace {

/// "Riverside Clinic" becomes "riverside-clinic".
std::string slug(std::string_view name) {
  std::string result;
  for (unsigned char c : name) {
    if (std::isalnum(c) != 0)
      result += static_cast<char>(std::tolower(c));
    else if (!result.empty() && result.back() != '-')
      result += '-';
  }
  while (!result.empty() && result.back() == '-')
    result.pop_back();
  return result.empty() ? "agent" : result;
}

std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw config::config_error{
      {path + ": cannot be read; check the path in agents.files"}};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

agent_record load_agent(const std::string& origin, std::string_view yaml) {
  auto parsed = language::parse(yaml);
  if (!parsed.value) {
    for (auto& error : parsed.errors)
      error.insert(0, origin + ": ");
    throw config::config_error{parsed.errors};
  }
  auto result = language::to_record(*parsed.value, yaml);
  result.id = slug(parsed.value->company.empty() ? parsed.value->name
                                                 : parsed.value->company);
  result.org_id = default_organisation;
  return result;
}

} // namespace

persistence::database_options
database_of(const config::storage_settings& settings) {
  persistence::database_options result;
  result.url = settings.database_url;
  result.file = std::filesystem::path{settings.data_dir} / "velox.db";
  result.statement_timeout = settings.statement_timeout;
  result.connect_timeout = settings.connect_timeout;
  return result;
}

data_directory::data_directory(const config::storage_settings& settings)
  : path_(settings.data_dir), database_(database_of(settings)) {
  std::filesystem::create_directories(path_);
  auto file = path_ / "engine.lock";
  lock_ = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock_ < 0)
    throw std::runtime_error{file.string()
                             + " cannot be written; choose another directory "
                               "with --data-dir"};
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw std::runtime_error{"another engine uses the data directory "
                             + path_.string()
                             + "; stop it, or choose another directory with "
                               "--data-dir"};
  }
}

data_directory::~data_directory() {
  ::close(lock_);
}

size_t data_directory::prepare(const std::vector<agent_record>& agents,
                               int64_t initial_credit_seconds,
                               const price_list& prices) {
  presence_.emplace(database_);
  persistence::migrate(database_);
  auto db = persistence::open_database(database_);
  organisation_record org;
  org.id = default_organisation;
  org.name = "Default";
  org.credit_seconds = initial_credit_seconds;
  persistence::organisations{*db}.upsert(org);
  for (auto& agent : agents)
    persistence::agents{*db}.upsert(agent);
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
    std::chrono::system_clock::now().time_since_epoch());
  persistence::price_lists{*db}.install(prices, now.count());
  if (!presence_->was_alone())
    return 0; // what is live may be live with another engine
  persistence::outbox{*db}.free_claims(now.count());
  persistence::webhook_deliveries{*db}.free_claims(now.count());
  // No other engine uses this directory, so all that is live is left over.
  return persistence::recovery{*db}.run(std::numeric_limits<unix_ms>::max(),
                                        now.count());
}

std::vector<agent_record> load_agents(const std::vector<std::string>& files) {
  if (files.empty())
    return {load_agent("the built-in agent", language::example_agent_yaml())};
  std::vector<agent_record> result;
  for (auto& file : files) {
    result.push_back(load_agent(file, read_file(file)));
    for (size_t i = 0; i + 1 < result.size(); ++i)
      if (result[i].id == result.back().id)
        throw config::config_error{
          {file
           + ": another agent file has the same company and name; "
             "rename one of them"}};
  }
  return result;
}

} // namespace velox::cli

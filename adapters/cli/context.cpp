#include "adapters/cli/context.hpp"

#include "config/loader.hpp"
#include "config/secrets.hpp"

#include <filesystem>

namespace velox::cli {

config::settings context::settings() const {
  std::optional<std::filesystem::path> file;
  if (!config_file.empty())
    file = config_file;
  auto result = config::load(file, config::process_environment());
  if (!data_dir.empty())
    result.storage.data_dir = data_dir;
  if (port)
    result.server.port = *port;
  return result;
}

void complete(engine_access& access, const config::settings& settings) {
  auto scheme = settings.server.tls_certificate.empty() ? "http" : "https";
  if (access.engine.empty())
    access.engine = std::string{scheme}
                    + "://127.0.0.1:" + std::to_string(settings.server.port);
  while (access.engine.ends_with('/'))
    access.engine.pop_back();
  auto fill = [](std::string& field, const std::string& value) {
    if (field.empty())
      field = value;
  };
  fill(access.auth_token, settings.twilio.auth_token);
  fill(access.admin_key, settings.admin_api_key);
  if (!access.auth_token.empty() && !access.admin_key.empty())
    return;
  std::filesystem::path dir{settings.storage.data_dir};
  if (!std::filesystem::exists(dir / "secrets.yaml"))
    return;
  auto kept = config::load_or_create_secrets(dir);
  fill(access.auth_token, kept.twilio_auth_token);
  fill(access.admin_key, kept.admin_api_key);
}

} // namespace velox::cli

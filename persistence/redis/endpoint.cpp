#include "persistence/redis/endpoint.hpp"

#include "protocol/form.hpp"
#include "protocol/url.hpp"

#include <charconv>
#include <stdexcept>

namespace velox::persistence::redis {

namespace {

constexpr const char* form
  = "write redis://user:password@host:6379/0, of which only the host must be "
    "there";

[[noreturn]] void refuse(const std::string& problem, const std::string& fix) {
  throw std::invalid_argument{problem + "; " + fix};
}

std::string decoded(std::string_view text) {
  auto result = percent_decode(text);
  if (!result)
    refuse("the user or the password has a % without two hexadecimal digits",
           "write % as %25");
  return *result;
}

void read_user(endpoint& out, std::string_view userinfo) {
  auto colon = userinfo.find(':');
  out.user = decoded(userinfo.substr(0, colon));
  if (colon != std::string_view::npos)
    out.password = decoded(userinfo.substr(colon + 1));
  if (!out.user.empty() && out.password.empty())
    refuse("a user without a password", form);
}

int read_database(std::string_view path) {
  if (path.empty() || path == "/")
    return 0;
  auto text = path.substr(1);
  int result = 0;
  auto end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, result);
  if (error != std::errc{} || at != end || result < 0)
    refuse("what follows the host is no database number", form);
  return result;
}

} // namespace

std::string endpoint::text() const {
  return host + ":" + std::to_string(port) + "/" + std::to_string(database);
}

endpoint parse_endpoint(std::string_view text) {
  auto parsed = parse_url(text);
  if (!parsed)
    refuse("is no URL", form);
  if (parsed->scheme == "rediss")
    refuse("TLS is not possible: the distribution's hiredis 0.14 has none",
           "use redis:// to a Redis in the same private network, or through a "
           "TLS proxy on this machine (stunnel)");
  if (parsed->scheme != "redis")
    refuse("begins with \"" + parsed->scheme + "://\"", form);
  if (parsed->query || parsed->fragment)
    refuse("has parameters, and none is known", form);
  endpoint result;
  result.host = parsed->host;
  // hiredis takes an IPv6 address without its brackets.
  if (result.host.starts_with('[') && result.host.ends_with(']'))
    result.host = result.host.substr(1, result.host.size() - 2);
  if (parsed->effective_port() == 0)
    refuse("port 0 is no port", form);
  result.port = parsed->effective_port();
  if (parsed->userinfo)
    read_user(result, *parsed->userinfo);
  result.database = read_database(parsed->path);
  return result;
}

} // namespace velox::persistence::redis

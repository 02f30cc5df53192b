#include "adapters/language/models/endpoint.hpp"

#include "protocol/url.hpp"

namespace velox::language {

namespace {

/// "/v1", "/v1beta": a last segment that is a version.
bool ends_with_version(std::string_view path) {
  auto slash = path.rfind('/');
  if (slash == std::string_view::npos)
    return false;
  auto last = path.substr(slash + 1);
  return last.size() >= 2 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9';
}

} // namespace

std::string
versioned(std::string_view base, std::string_view version, bool any_path) {
  while (base.ends_with('/'))
    base.remove_suffix(1);
  auto parsed = parse_url(base);
  auto path = parsed ? std::string_view{parsed->path} : std::string_view{};
  std::string out{base};
  if (ends_with_version(path) || (any_path && !path.empty()))
    return out;
  return out.append(version);
}

std::string path_encoded(std::string_view name) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unreserved = "-._~/";
  std::string out;
  for (char c : name) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                 || (c >= '0' && c <= '9')
                 || unreserved.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string model_name(const std::string& name, std::string_view vendor,
                       std::string_view model) {
  if (!name.empty())
    return name;
  return std::string{vendor} + ':' + std::string{model};
}

} // namespace velox::language

#include "adapters/http/message.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace velox::http {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

void header_fields::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view>
header_fields::get(std::string_view name) const {
  for (auto& [key, value] : fields_)
    if (same_name(key, name))
      return value;
  return std::nullopt;
}

response error_response(unsigned status, std::string_view code,
                        std::string_view message, std::string_view fix) {
  json_object error;
  error.add("code", code).add("message", message).add("fix", fix);
  return json_response(status, json_object{}.add("error", error).str());
}

response json_response(unsigned status, std::string body) {
  return {status, std::move(body), "application/json", {}};
}

} // namespace velox::http

#include "adapters/http/raw_response.hpp"

#include <array>
#include <ctime>
#include <string>
#include <string_view>

namespace velox::http {

namespace beast = boost::beast;

namespace {

/// An IMF-fixdate (RFC 9110, 5.6.7).
std::string http_date() {
  auto now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> out{};
  auto size = std::strftime(out.data(), out.size(), "%a, %d %b %Y %H:%M:%S GMT",
                            &parts);
  return {out.data(), size};
}

bool has_line_break(std::string_view x) {
  return x.find_first_of("\r\n", 0, 2) != std::string_view::npos
         || x.find('\0') != std::string_view::npos;
}

/// A value with a line break would smuggle in headers of its own.
bool is_clean(const response& x) {
  for (auto& [name, value] : x.headers)
    if (has_line_break(name) || has_line_break(value))
      return false;
  return !has_line_break(x.content_type);
}

} // namespace

std::shared_ptr<raw_response>
to_raw(response x, bool head, bool keep_alive, unsigned version) {
  if (!is_clean(x))
    x = error_response(500, "bad_header",
                       "the server made a header with a line break in it",
                       "report it");
  auto out = std::make_shared<raw_response>();
  out->version(version);
  out->result(x.status);
  out->set(beast::http::field::date, http_date());
  for (auto& [name, value] : x.headers)
    out->insert(name, value);
  out->keep_alive(keep_alive);
  if (x.status != 204 && x.status != 304 && x.status >= 200) {
    out->set(beast::http::field::content_type, x.content_type);
    out->content_length(x.body.size());
    if (!head)
      out->body() = std::move(x.body);
  }
  return out;
}

} // namespace velox::http

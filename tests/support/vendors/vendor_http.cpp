#include "tests/support/vendors/vendor_http.hpp"

#include "protocol/form.hpp"

#include <algorithm>
#include <charconv>

namespace velox::test {

namespace {

constexpr auto forever = vendor_clock::time_point::max();

std::string_view trimmed(std::string_view x) {
  while (!x.empty() && (x.front() == ' ' || x.front() == '\t'))
    x.remove_prefix(1);
  while (!x.empty() && (x.back() == ' ' || x.back() == '\t'))
    x.remove_suffix(1);
  return x;
}

std::size_t number(std::string_view text, int base) {
  std::size_t out = 0;
  auto last = text.data() + text.size();
  auto [end, failed] = std::from_chars(text.data(), last, out, base);
  if (failed != std::errc{} || end != last)
    throw bad_vendor_request("bad length");
  return out;
}

/// Takes everything before `delimiter`, and drops the delimiter.
std::string take_until(vendor_wire& wire, std::string_view delimiter) {
  std::size_t end = 0;
  while ((end = wire.inbox.find(delimiter)) == std::string::npos)
    wire.fill(forever);
  auto out = wire.inbox.substr(0, end);
  wire.inbox.erase(0, end + delimiter.size());
  return out;
}

std::string take(vendor_wire& wire, std::size_t bytes) {
  while (wire.inbox.size() < bytes)
    wire.fill(forever);
  auto out = wire.inbox.substr(0, bytes);
  wire.inbox.erase(0, bytes);
  return out;
}

std::string take_chunks(vendor_wire& wire) {
  std::string out;
  for (;;) {
    auto line = take_until(wire, "\r\n");
    auto size = number(trimmed(line.substr(0, line.find(';'))), 16);
    if (size == 0)
      break;
    out += take(wire, size);
    if (take(wire, 2) != "\r\n")
      throw bad_vendor_request("bad chunk");
  }
  while (!take_until(wire, "\r\n").empty()) {
    // trailers
  }
  return out;
}

/// "POST /v1/listen?model=x HTTP/1.1"; true for HTTP/1.1.
bool parse_request_line(std::string_view line, vendor_request& out) {
  auto first = line.find(' ');
  auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last
      || !line.substr(last + 1).starts_with("HTTP/1."))
    throw bad_vendor_request("bad request line");
  out.method = line.substr(0, first);
  auto target = line.substr(first + 1, last - first - 1);
  auto question = target.find('?');
  out.path = target.substr(0, question);
  if (question != std::string_view::npos) {
    form fields;
    if (parse_form(target.substr(question + 1), fields) != form_error::none)
      throw bad_vendor_request("bad query");
    for (auto& x : fields.fields())
      out.query[x.name].push_back(x.value);
  }
  return line.ends_with("/1.1");
}

void parse_headers(std::string_view text, vendor_request& out) {
  while (!text.empty()) {
    auto end = text.find("\r\n");
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
      throw bad_vendor_request("bad header");
    out.headers.emplace_back(line.substr(0, colon),
                             trimmed(line.substr(colon + 1)));
  }
}

std::string_view reason(int status) {
  switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

} // namespace

bool same_name(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool has_token(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    auto comma = std::min(list.find(','), list.size());
    if (same_name(trimmed(list.substr(0, comma)), word))
      return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

read_vendor_request read_request(vendor_wire& wire) {
  read_vendor_request out;
  auto& x = out.request;
  auto head = take_until(wire, "\r\n\r\n");
  auto end = std::min(head.find("\r\n"), head.size());
  auto modern = parse_request_line(std::string_view(head).substr(0, end), x);
  if (end < head.size())
    parse_headers(std::string_view(head).substr(end + 2), x);
  auto connection = x.header("Connection");
  out.keep_alive = modern && !has_token(connection, "close");
  x.is_websocket = has_token(connection, "upgrade")
                   && has_token(x.header("Upgrade"), "websocket")
                   && !x.header("Sec-WebSocket-Key").empty();
  if (has_token(x.header("Transfer-Encoding"), "chunked"))
    x.body = take_chunks(wire);
  else if (auto length = x.header("Content-Length"); !length.empty())
    x.body = take(wire, number(length, 10));
  return out;
}

std::string response_head(int status, const vendor_headers& headers) {
  auto out = "HTTP/1.1 " + std::to_string(status) + " ";
  out += reason(status);
  out += "\r\n";
  for (auto& [name, value] : headers)
    out += name + ": " + value + "\r\n";
  return out + "\r\n";
}

} // namespace velox::test

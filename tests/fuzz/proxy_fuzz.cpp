#include "adapters/net/proxy.hpp"
#include "tests/fuzz/expect.hpp"

#include <algorithm>
#include <array>

using namespace velox::net;

namespace {

std::string take_line(std::string_view& text) {
  auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return std::string{line};
}

/// Without what has a meaning in a list of exceptions.
bool is_plain(const std::string& host) {
  return host[0] != '.' && std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'
                  || c == '-';
         });
}

/// What goes into a request's head has no end of a line.
bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view{"\r\n\0 ", 4})
         == std::string_view::npos;
}

void check_destination(const destination& x, bool websocket) {
  expect(!x.where.host.empty() && x.where.port != 0);
  expect(is_one_line(x.where.host) && is_one_line(x.host_header));
  expect(is_one_line(x.target) && x.target.starts_with('/'));
  expect(x.authorization.empty() || x.authorization.starts_with("Basic "));
  if (websocket)
    return;
  // What connections are kept under is the origin, and nothing but it.
  auto again = parse_destination(x.where.key(), false);
  expect(again && again->where.key() == x.where.key());
}

} // namespace

/// Three lines: a proxy, who is reached without one, a URL.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  auto through = take_line(text);
  auto around = take_line(text);
  auto url = take_line(text);
  auto asked = parse_destination(url, false);
  if (asked)
    check_destination(*asked, false);
  if (auto x = parse_destination(url, true))
    check_destination(*x, true);
  if (!asked)
    return 0;

  auto settings = [&](std::string exceptions) {
    return proxy_settings{[&, exceptions](const char* name) -> std::string {
      std::string_view x{name};
      return x == "ALL_PROXY" ? through : x == "NO_PROXY" ? exceptions : "";
    }};
  };
  auto found = settings(around).find(asked->where);
  if (found) {
    // One that cannot be used is told of, and nothing but its name.
    expect(found->host.empty() == (found->port == 0));
    expect(!found->host.empty() || found->authorization.empty());
    expect(found->authorization.empty()
           || found->authorization.starts_with("Basic "));
    expect(found->authorization.find_first_of("\r\n") == std::string::npos);
    // An exception more changes nothing but that it is one.
    expect(settings({}).find(asked->where).has_value());
  }
  expect(!settings("*").find(asked->where));
  if (is_plain(asked->where.host))
    expect(!settings("other.example," + asked->where.host).find(asked->where));
  return 0;
}

#include "adapters/http/router.hpp"

#include "protocol/form.hpp"

#include <stdexcept>

namespace velox::http {

namespace {

constexpr std::string_view websocket_method = "WS";

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1); // the '/'
    auto end = path.find('/');
    out.push_back(path.substr(0, end));
    path = end == std::string_view::npos ? "" : path.substr(end);
  }
  return out;
}

bool is_named(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool is_rest(std::string_view segment) {
  return is_named(segment) && segment.ends_with("...}");
}

/// The params when `path` fits the pattern, otherwise nothing.
std::optional<std::map<std::string, std::string>>
fit(const router::route& x, const std::vector<std::string_view>& path) {
  std::map<std::string, std::string> params;
  for (std::size_t i = 0; i < x.segments.size(); ++i) {
    auto& segment = x.segments[i];
    if (is_rest(segment)) {
      std::string rest;
      for (std::size_t j = i; j < path.size(); ++j)
        rest.append(j > i ? "/" : "").append(path[j]);
      auto value = percent_decode(rest);
      if (!value)
        return std::nullopt;
      params.emplace(segment.substr(1, segment.size() - 5), std::move(*value));
      return params;
    }
    if (i >= path.size())
      return std::nullopt;
    if (is_named(segment)) {
      auto value = percent_decode(path[i]);
      if (!value || value->empty())
        return std::nullopt;
      params.emplace(segment.substr(1, segment.size() - 2), std::move(*value));
    } else if (segment != path[i]) {
      return std::nullopt;
    }
  }
  if (path.size() != x.segments.size())
    return std::nullopt;
  return params;
}

} // namespace

void router::add(std::string_view method, std::string_view pattern,
                 handler handle, route_options options) {
  route x;
  x.info = {std::string{method}, std::string{pattern}, ""};
  x.options = options;
  x.handle = std::move(handle);
  insert(std::move(x));
}

void router::get(std::string_view pattern, handler handle,
                 route_options options) {
  add("GET", pattern, std::move(handle), options);
}

void router::post(std::string_view pattern, handler handle,
                  route_options options) {
  add("POST", pattern, std::move(handle), options);
}

void router::websocket(std::string_view pattern, websocket_handler handle) {
  route x;
  x.info = {std::string{websocket_method}, std::string{pattern}, ""};
  x.upgrade = std::move(handle);
  insert(std::move(x));
}

void router::alias(std::string_view pattern, std::string_view existing) {
  std::vector<route> copies;
  for (auto& x : routes_)
    if (x.info.pattern == existing)
      copies.push_back(x);
  if (copies.empty())
    throw std::invalid_argument("no route " + std::string{existing}
                                + " to be an alias of");
  for (auto& x : copies) {
    x.info.pattern = pattern;
    x.info.alias_of = existing;
    insert(std::move(x));
  }
}

std::vector<route_info> router::table() const {
  std::vector<route_info> out;
  for (auto& x : routes_)
    out.push_back(x.info);
  return out;
}

void router::insert(route x) {
  auto& pattern = x.info.pattern;
  if (!pattern.starts_with('/'))
    throw std::invalid_argument("route '" + pattern + "' must begin with '/'");
  for (auto& other : routes_)
    if (other.info.method == x.info.method && other.info.pattern == pattern)
      throw std::invalid_argument("route " + x.info.method + " " + pattern
                                  + " exists already");
  x.segments.clear();
  x.literal = true;
  for (auto segment : split(pattern)) {
    x.literal = x.literal && !is_named(segment);
    x.segments.emplace_back(segment);
  }
  routes_.push_back(std::move(x));
}

router::match
router::find(std::string_view method, std::string_view path) const {
  match result;
  const route* get_instead = nullptr;
  std::map<std::string, std::string> get_params;
  auto segments = split(path);
  for (auto literal : {true, false}) {
    for (auto& x : routes_) {
      if (x.literal != literal)
        continue;
      auto params = fit(x, segments);
      if (!params)
        continue;
      if (x.info.method == websocket_method) {
        result.is_websocket = true;
        continue;
      }
      if (x.info.method == method) {
        result.found = &x;
        result.params = std::move(*params);
        return result;
      }
      if (method == "HEAD" && x.info.method == "GET" && !get_instead) {
        get_instead = &x;
        get_params = std::move(*params);
      }
      if (result.allow.find(x.info.method) == std::string::npos)
        result.allow += (result.allow.empty() ? "" : ", ") + x.info.method;
    }
  }
  if (get_instead) {
    result.found = get_instead;
    result.params = std::move(get_params);
  }
  return result;
}

router::match router::find_websocket(std::string_view path) const {
  match result;
  auto segments = split(path);
  for (auto literal : {true, false})
    for (auto& x : routes_)
      if (x.literal == literal && x.upgrade)
        if (auto params = fit(x, segments)) {
          result.found = &x;
          result.params = std::move(*params);
          result.is_websocket = true;
          return result;
        }
  return result;
}

} // namespace velox::http

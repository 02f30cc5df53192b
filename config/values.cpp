#include "config/keys.hpp"
#include "config/vendors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <type_traits>

/// How settings are written and read: the other half of keys.hpp.

namespace velox::config {

namespace {

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};

/// For clang 14, which deduces no aggregate's arguments by itself.
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

struct unit {
  std::string_view name;
  int64_t milliseconds;
};

// The largest first, so that the shortest text is found first.
constexpr std::array<unit, 4> units{
  {{"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}}};

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  auto [end, error]
    = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool in_range(const setting_key& key, uint64_t value) {
  return value >= key.least && value <= key.most;
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

bool is_url(const setting_key& key) {
  return key.kind == text_kind::url || key.kind == text_kind::vendor_url
         || key.kind == text_kind::database_url;
}

bool has_scheme(const setting_key& key, std::string_view text) {
  auto begins = [&](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size();
  };
  if (key.kind == text_kind::database_url)
    return begins("postgresql://") || begins("postgres://");
  return begins("https://") || begins("http://")
         || (key.kind == text_kind::vendor_url
             && (begins("wss://") || begins("ws://")));
}

bool is_one_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < 0x7F; });
}

/// What is wrong with a text setting; empty when nothing is.
std::string text_problem(const setting_key& key, const std::string& text) {
  if (text.empty())
    return key.may_be_empty && key.choices.empty()
             ? ""
             : fmt::format("must be {}", accepted_values(key));
  if (key.kind == text_kind::provider)
    return choice_problem(text, key.choices);
  if (!key.choices.empty()
      && std::find(key.choices.begin(), key.choices.end(), text)
           == key.choices.end())
    return fmt::format("must be {}", accepted_values(key));
  // It will be part of a header, so it cannot be allowed to begin a new one.
  if (key.secret && !is_one_word(text))
    return "must be one word of printable characters, without blanks and line "
           "breaks";
  if (is_url(key) && !has_scheme(key, text))
    return fmt::format("must be {}", accepted_values(key));
  if (key.kind == text_kind::file && !is_file(text))
    return fmt::format("names the file '{}', which does not exist; correct the "
                       "path (relative ones start at the working directory)",
                       text);
  return "";
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto comma = std::min(text.find(','), text.size());
    if (comma > 0)
      out.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

/// In double quotes, so that YAML reads any text back as it was.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '"';
}

/// Two blanks for each level of the group "a.b".
std::string indent_of(std::string_view group) {
  auto levels
    = group.empty() ? 0 : std::count(group.begin(), group.end(), '.') + 1;
  return std::string(static_cast<size_t>(levels) * 2, ' ');
}

/// The lines that open group `to` behind group `from`, and a blank one.
std::string headings(std::string_view from, std::string_view to) {
  std::string out = "\n";
  size_t begin = 0;
  while (begin < to.size()) {
    auto end = std::min(to.find('.', begin), to.size());
    auto upper = to.substr(0, end);
    auto open = from.substr(0, end) == upper
                && (from.size() == end || from.substr(end).starts_with('.'));
    if (!open)
      out += fmt::format("{}{}:\n",
                         indent_of(to.substr(0, begin == 0 ? 0 : begin - 1)),
                         to.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

} // namespace

bool parse_duration(std::string_view text, duration& out) {
  auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  int64_t count = 0;
  if (digits == 0 || !parse_number(text.substr(0, digits), count))
    return false;
  for (auto& u : units)
    if (text.substr(digits) == u.name) {
      if (count > INT64_MAX / u.milliseconds)
        return false;
      out = duration{count * u.milliseconds};
      return true;
    }
  return false;
}

std::string to_text(duration value) {
  for (auto& u : units)
    if (value.count() != 0 && value.count() % u.milliseconds == 0)
      return fmt::format("{}{}", value.count() / u.milliseconds, u.name);
  return "0s";
}

std::string accepted_values(const setting_key& key) {
  settings defaults;
  auto number = [&] {
    return fmt::format("a whole number from {} to {}", key.least, key.most);
  };
  auto text = [&]() -> std::string {
    if (!key.choices.empty())
      return key.choices.size() == 1
               ? fmt::format("'{}'", key.choices[0])
               : fmt::format("one of {}", fmt::join(key.choices, ", "));
    if (key.kind == text_kind::url)
      return "a URL that starts with https:// or http://";
    if (key.kind == text_kind::vendor_url)
      return "a URL that starts with https://, http://, wss:// or ws://";
    if (key.kind == text_kind::database_url)
      return "a URL that starts with postgresql:// or postgres://";
    if (key.kind == text_kind::file)
      return "the path of a file";
    return key.may_be_empty ? "a text" : "a text that is not empty";
  };
  return std::visit(
    overloaded{
      [](bool*) -> std::string { return "true or false"; },
      [&](uint16_t*) { return number(); },
      [&](uint64_t*) { return number(); },
      [&](duration*) {
        return fmt::format("a duration from {} to {}, such as 500ms, 10s, 5m "
                           "or 1h",
                           to_text(duration{key.least}),
                           to_text(duration{key.most}));
      },
      [&](std::string*) { return text(); },
      [&](std::vector<std::string>*) -> std::string {
        return key.kind == text_kind::file
                 ? "a list of paths of files"
                 : fmt::format("a list of {}, each alone or "
                               "as {}:NAME",
                               fmt::join(key.choices, ", "), key.choices[0]);
      },
    },
    key.in(defaults));
}

std::string
assign(const setting_key& key, settings& to, std::string_view text) {
  auto wrong = [&] { return fmt::format("must be {}", accepted_values(key)); };
  auto number = [&](auto* place) -> std::string {
    uint64_t value = 0;
    if (!parse_number(text, value) || !in_range(key, value))
      return wrong();
    *place = static_cast<std::remove_pointer_t<decltype(place)>>(value);
    return "";
  };
  return std::visit(
    overloaded{
      [&](bool* place) -> std::string {
        if (text != "true" && text != "false")
          return wrong();
        *place = text == "true";
        return "";
      },
      [&](uint16_t* place) { return number(place); },
      [&](uint64_t* place) { return number(place); },
      [&](duration* place) -> std::string {
        duration value{0};
        if (!parse_duration(text, value)
            || !in_range(key, static_cast<uint64_t>(value.count())))
          return wrong();
        *place = value;
        return "";
      },
      [&](std::string* place) {
        *place = std::string{text};
        return text_problem(key, *place);
      },
      [&](std::vector<std::string>* place) -> std::string {
        *place = split_list(text);
        for (auto& item : *place)
          if (auto problem = text_problem(key, item); !problem.empty())
            return problem;
        return "";
      },
    },
    key.in(to));
}

std::string yaml_value(const setting_key& key, const settings& from) {
  auto copy = from;
  return std::visit(
    overloaded{
      [](bool* x) -> std::string { return *x ? "true" : "false"; },
      [](uint16_t* x) { return std::to_string(*x); },
      [](uint64_t* x) { return std::to_string(*x); },
      [](duration* x) { return to_text(*x); },
      [&](std::string* x) {
        return in_quotes(key.secret && !x->empty() ? "(set)" : *x);
      },
      [](std::vector<std::string>* x) {
        std::vector<std::string> items;
        for (auto& item : *x)
          items.push_back(in_quotes(item));
        return fmt::format("[{}]", fmt::join(items, ", "));
      },
    },
    key.in(copy));
}

std::string example_yaml() {
  std::string out
    = "# Every setting of Velox with its default. A file needs only what "
      "differs.\n# Environment variables, where named, win over the file. "
      "Paths are relative\n# to the working directory.\n";
  const settings defaults;
  std::string_view group;
  for (auto& key : setting_keys()) {
    auto dot = key.name.rfind('.');
    auto in = key.name.substr(0, dot == key.name.npos ? 0 : dot);
    if (in != group || in.empty())
      out += headings(group, in);
    group = in;
    auto indent = indent_of(in);
    out += fmt::format("{}# {}\n{}# Accepts {}.", indent, key.meaning, indent,
                       accepted_values(key));
    if (!key.environment.empty())
      out += fmt::format(" Environment: {}{}.", key.environment,
                         key.secret ? fmt::format(", or a file named by "
                                                  "{}_FILE",
                                                  key.environment)
                                    : "");
    out += fmt::format("\n{}{}: {}\n", indent,
                       key.name.substr(in.empty() ? 0 : in.size() + 1),
                       yaml_value(key, defaults));
  }
  return out;
}

} // namespace velox::config

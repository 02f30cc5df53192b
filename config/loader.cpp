#include "config/loader.hpp"

#include "config/keys.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <numeric>
#include <set>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

namespace velox::config {

namespace {

/// How many letters differ (Levenshtein), to find what was meant.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      auto above = row[j];
      row[j] = std::min(
        {above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

/// Reads one file into `result`, collecting what is wrong with it.
class file_reader {
public:
  file_reader(std::string path, settings& result,
              std::vector<std::string>& problems)
    : path_(std::move(path)), result_(result), problems_(problems) {}

  void read() {
    std::ifstream in{path_};
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(path_, ignored)) {
      problems_.push_back(fmt::format("{}: the settings file cannot be read; "
                                      "check that it is a file and may be read",
                                      path_));
      return;
    }
    try {
      auto root = YAML::Load(in);
      if (!root.IsNull())
        read_map(root, "");
    } catch (const YAML::Exception& e) {
      report(e.mark, "is not valid YAML", e.msg);
    }
  }

private:
  void
  report(const YAML::Mark& at, std::string_view what, std::string_view fix) {
    problems_.push_back(
      fmt::format("{}:{}: {}; {}", path_, at.line + 1, what, fix));
  }

  void read_map(const YAML::Node& node, const std::string& group) {
    if (!node.IsMap()) {
      report(node.Mark(),
             group.empty() ? "the file" : fmt::format("'{}'", group),
             "must hold keys with values, such as 'port: 8080'");
      return;
    }
    for (auto entry : node) {
      if (!entry.first.IsScalar()) {
        report(entry.first.Mark(), "a key is not a word", "give it a name");
        continue;
      }
      auto name = group.empty() ? entry.first.Scalar()
                                : group + "." + entry.first.Scalar();
      if (!seen_.insert(name).second)
        report(entry.first.Mark(), fmt::format("'{}' is set twice", name),
               "remove one of the two");
      else
        read_entry(name, entry.first.Mark(), entry.second);
    }
  }

  void read_entry(const std::string& name, const YAML::Mark& at,
                  const YAML::Node& value) {
    auto keys = setting_keys();
    auto is_group = [&](const setting_key& key) {
      return key.name.starts_with(name + ".");
    };
    if (std::any_of(keys.begin(), keys.end(), is_group)) {
      if (!value.IsNull()) // a group of which all lines are commented out
        read_map(value, name);
      return;
    }
    auto key = std::find_if(keys.begin(), keys.end(),
                            [&](auto& x) { return x.name == name; });
    if (key == keys.end())
      report(at, fmt::format("'{}' is no setting", name), suggestion(name));
    else if (auto problem = assign_node(*key, value); !problem.empty())
      report(at, fmt::format("'{}' {}", name, problem), "correct the value");
  }

  std::string assign_node(const setting_key& key, const YAML::Node& value) {
    auto wrong
      = [&] { return fmt::format("must be {}", accepted_values(key)); };
    auto place = key.in(result_);
    if (auto list = std::get_if<std::vector<std::string>*>(&place)) {
      if (!value.IsSequence())
        return wrong();
      std::vector<std::string> items;
      for (auto item : value) {
        if (!item.IsScalar() || item.Scalar().empty())
          return wrong();
        // A path may hold a comma, so items are assigned one by one.
        if (auto problem = assign(key, result_, item.Scalar());
            !problem.empty())
          return problem;
        items.push_back(item.Scalar());
      }
      **list = std::move(items);
      return "";
    }
    if (!value.IsScalar())
      return wrong();
    return assign(key, result_, value.Scalar());
  }

  std::string suggestion(const std::string& name) const {
    auto keys = setting_keys();
    auto closest
      = std::min_element(keys.begin(), keys.end(), [&](auto& a, auto& b) {
          return edit_distance(a.name, name) < edit_distance(b.name, name);
        });
    if (edit_distance(closest->name, name) <= 4)
      return fmt::format("did you mean '{}'?", closest->name);
    return "remove it; config/velox.example.yaml has all that there are";
  }

  std::string path_;
  settings& result_;
  std::vector<std::string>& problems_;
  std::set<std::string> seen_;
};

/// Reads the environment into `result`, collecting what is wrong with it.
class environment_reader {
public:
  environment_reader(const environment& env, settings& result,
                     std::vector<std::string>& problems)
    : env_(env), result_(result), problems_(problems) {}

  void read(const setting_key& key) {
    std::string name{key.environment};
    auto value = variable(name);
    if (auto file = key.secret ? variable(name + "_FILE") : ""; !file.empty()) {
      if (!value.empty()) {
        report(key, name + " and " + name + "_FILE",
               "are both set; unset one of the two");
        return;
      }
      read_secret(key, name + "_FILE", file);
    } else if (!value.empty()) {
      use(key, name, value);
    }
  }

private:
  /// Empty when it is not set.
  std::string variable(const std::string& name) const {
    auto found = env_.find(name);
    return found == env_.end() ? "" : found->second;
  }

  void report(const setting_key& key, const std::string& names,
              const std::string& problem) {
    problems_.push_back(fmt::format("environment variable{} {} (setting '{}') "
                                    "{}",
                                    names.find(' ') == names.npos ? "" : "s",
                                    names, key.name, problem));
  }

  void
  use(const setting_key& key, const std::string& name, std::string_view value) {
    if (auto problem = assign(key, result_, value); !problem.empty())
      report(key, name, problem + "; correct or unset it");
  }

  void read_secret(const setting_key& key, const std::string& name,
                   const std::string& path) {
    constexpr size_t limit = 64 * 1024; // what is longer is no key
    std::ifstream in{path, std::ios::binary};
    std::string text(limit, '\0');
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(path, ignored)
        || (!in.read(text.data(), limit) && in.bad())) {
      report(key, name,
             fmt::format("names the file '{}', which cannot be read; correct "
                         "the path or the file's permissions",
                         path));
      return;
    }
    text.resize(static_cast<size_t>(in.gcount()));
    constexpr auto blanks = " \t\r\n";
    auto first = std::min(text.find_first_not_of(blanks), text.size());
    text.erase(0, first);
    text.erase(text.find_last_not_of(blanks) + 1);
    if (text.empty())
      report(key, name,
             fmt::format("names the file '{}', which is empty; put the secret "
                         "into it",
                         path));
    else
      use(key, name, text);
  }

  const environment& env_;
  settings& result_;
  std::vector<std::string>& problems_;
};

/// What no single setting can say.
void check_together(const settings& x, std::vector<std::string>& problems) {
  if (x.server.tls_certificate.empty() != x.server.tls_key.empty())
    problems.push_back("'server.tls_certificate' and 'server.tls_key' belong "
                       "together; set both or none");
  if (x.providers.medium_from > x.providers.large_from)
    problems.push_back("'providers.medium_from' must not be more than "
                       "'providers.large_from'; lower the one or raise the "
                       "other");
  if (!x.providers.azure.key.empty() && x.providers.azure.url.empty())
    problems.push_back("'providers.azure.key' needs 'providers.azure.url' "
                       "(AZURE_SPEECH_URL), the address of its region; set it, "
                       "such as "
                       "https://westeurope.tts.speech.microsoft.com");
}

} // namespace

config_error::config_error(std::vector<std::string> problems)
  : std::runtime_error(fmt::format("{}", fmt::join(problems, "\n"))),
    problems_(std::move(problems)) {}

environment process_environment() {
  environment out;
  for (auto line = environ; line != nullptr && *line != nullptr; ++line) {
    std::string_view text{*line};
    auto equals = text.find('=');
    if (equals != std::string_view::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

settings
load(const std::optional<std::filesystem::path>& path, const environment& env) {
  settings result;
  std::vector<std::string> problems;
  if (path)
    file_reader{path->string(), result, problems}.read();
  environment_reader variables{env, result, problems};
  for (auto& key : setting_keys())
    if (!key.environment.empty())
      variables.read(key);
  check_together(result, problems);
  if (!problems.empty())
    throw config_error{std::move(problems)};
  return result;
}

} // namespace velox::config

#include "config/prices.hpp"

#include "config/loader.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <optional>
#include <sstream>
#include <yaml-cpp/yaml.h>

namespace velox::config {

namespace {

/// A unit as the file names it.
struct file_unit {
  std::string_view stage;
  std::string_view name; ///< in the file
  std::string_view unit; ///< in the list
  int64_t units;         ///< that the amount is for
};

constexpr auto file_units = std::to_array<file_unit>({
  {"carrier", "per_minute", "second", 60},
  {"stt", "per_minute", "second", 60},
  {"llm", "per_million_prompt_tokens", "prompt_token", 1'000'000},
  {"llm", "per_million_completion_tokens", "completion_token", 1'000'000},
  {"tts", "per_million_characters", "character", 1'000'000},
  {"tools", "per_call", "call", 1},
});

constexpr int64_t nano = 1'000'000'000;
/// 1 million in the currency, per minute or per million units.
constexpr int64_t largest = 1'000'000;

/// A decimal amount in billionths; nothing when it is none, or has more than 9
/// decimals. No floating point: 0.1 has to be 0.1.
std::optional<int64_t> parse_amount(std::string_view text) {
  auto dot = std::min(text.find('.'), text.size());
  auto whole = text.substr(0, dot);
  auto part = text.substr(std::min(dot + 1, text.size()));
  auto digits = [](std::string_view x) {
    return std::all_of(x.begin(), x.end(),
                       [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || whole.size() > 7 || part.size() > 9 || !digits(whole)
      || !digits(part) || (dot < text.size() && part.empty()))
    return std::nullopt;
  int64_t result = 0;
  for (char c : whole)
    result = result * 10 + (c - '0');
  for (size_t i = 0; i < 9; ++i)
    result = result * 10 + (i < part.size() ? part[i] - '0' : 0);
  return result > largest * nano ? std::nullopt : std::optional{result};
}

/// From billionths for `units` to millionths per million, half up.
int64_t per_million(int64_t billionths, int64_t units) {
  // billionths * 10^6 / 10^3 / units
  auto thousand_fold = billionths * 1000; // at most 10^18
  return (thousand_fold * 2 + units) / (units * 2);
}

class reader {
public:
  explicit reader(std::string origin) : origin_(std::move(origin)) {}

  price_list read(std::string_view yaml) {
    try {
      read_root(YAML::Load(std::string{yaml}));
    } catch (const YAML::Exception& e) {
      report(e.mark.line, "the file is not valid YAML; correct it");
    }
    if (!problems_.empty())
      throw config_error{problems_};
    return std::move(result_);
  }

private:
  void report(int line, const std::string& what) {
    problems_.push_back(fmt::format("{}:{}: {}", origin_, line + 1, what));
  }

  void read_root(const YAML::Node& root) {
    if (!root.IsMap())
      return report(0, "a price list begins with currency: and stages; see "
                       "config/prices.yaml");
    for (auto entry : root) {
      auto name = entry.first.as<std::string>();
      if (name == "currency")
        read_currency(entry.second);
      else
        read_stage(name, entry.first.Mark().line, entry.second);
    }
  }

  void read_currency(const YAML::Node& node) {
    auto text = node.IsScalar() ? node.Scalar() : "";
    auto good = text.size() == 3
                && std::all_of(text.begin(), text.end(),
                               [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!good)
      return report(node.Mark().line, "currency: must be an ISO 4217 code such "
                                      "as USD");
    result_.currency = text;
  }

  void read_stage(const std::string& stage, int line, const YAML::Node& node) {
    auto known = std::any_of(file_units.begin(), file_units.end(),
                             [&](auto& x) { return x.stage == stage; });
    if (!known)
      return report(line, fmt::format("'{}' is no stage; use carrier, stt, "
                                      "llm, tts or tools",
                                      stage));
    if (!node.IsMap())
      return report(line, stage + ": must name products, each with its price");
    for (auto product : node)
      read_product(stage, product.first.as<std::string>(),
                   product.first.Mark().line, product.second);
  }

  void read_product(const std::string& stage, const std::string& product,
                    int line, const YAML::Node& node) {
    if (!node.IsMap())
      return report(line, fmt::format("{}.{}: must be a map such as "
                                      "{{{}: 0.01}}",
                                      stage, product, names_of(stage).front()));
    for (auto entry : node) {
      auto name = entry.first.as<std::string>();
      auto unit
        = std::find_if(file_units.begin(), file_units.end(), [&](auto& x) {
            return x.stage == stage && x.name == name;
          });
      auto amount = entry.second.IsScalar()
                      ? parse_amount(entry.second.Scalar())
                      : std::nullopt;
      auto at = fmt::format("{}.{}.{}", stage, product, name);
      if (unit == file_units.end())
        report(entry.first.Mark().line,
               fmt::format("{}: no such unit here; use {}", at,
                           fmt::join(names_of(stage), " or ")));
      else if (!amount)
        report(entry.second.Mark().line,
               at
                 + ": must be a number from 0 to 1000000 with at most 9 "
                   "decimals, such as 0.0085");
      else
        result_.prices.push_back({stage, product, std::string{unit->unit},
                                  per_million(*amount, unit->units)});
    }
  }

  static std::vector<std::string_view> names_of(std::string_view stage) {
    std::vector<std::string_view> result;
    for (auto& x : file_units)
      if (x.stage == stage)
        result.push_back(x.name);
    return result;
  }

  std::string origin_;
  price_list result_;
  std::vector<std::string> problems_;
};

} // namespace

price_list parse_prices(const std::string& origin, std::string_view yaml) {
  return reader{origin}.read(yaml);
}

price_list load_prices(const std::string& file) {
  if (file.empty())
    return parse_prices("the built-in prices", example_prices_yaml());
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in)
    throw config_error{
      {file + ": cannot be read; check the path in billing.prices"}};
  return parse_prices(file, text.str());
}

} // namespace velox::config

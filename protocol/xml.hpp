#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The little XML that carriers' documents need: elements, attributes, text,
/// CDATA, comments. No DOCTYPE, hence no entities but the predefined.

namespace velox::xml {

/// One element with what it holds. Texts between children are joined.
struct element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::vector<element> children;

  /// The value of an attribute; empty when there is none.
  std::string_view attribute(std::string_view name) const;
};

/// How deep elements may nest.
inline constexpr size_t max_depth = 8;

/// Reads one document into `root`. Returns what was wrong; empty when nothing
/// was.
std::string read(std::string_view text, element& root);

/// Appends `text` with the five special characters escaped and what XML 1.0
/// cannot carry (control characters, bytes that are not UTF-8) dropped.
void append_escaped(std::string& out, std::string_view text);

} // namespace velox::xml

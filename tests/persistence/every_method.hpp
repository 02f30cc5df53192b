#pragma once

#include "persistence/database.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Every method of every repository, as tests call it that hold for all of them
/// (every_method_test.cpp). A class of persistence/ whose constructor takes a
/// connection is a repository; a method without a line here fails the test.

namespace velox::persistence {

struct repository_method {
  /// "agents.find", as in the header.
  std::string name;
  /// Calls it with this in the place of every text.
  std::function<void(connection&, const std::string& text)> hostile;
  /// Calls it for organisation `org` and returns how much it was shown or
  /// changed. Empty: the method has no organisation, for `without_org`.
  std::function<size_t(connection&, const std::string& org)> as{};
  std::string_view without_org{};
};

/// All lines of all files; each file adds its own before main.
std::vector<repository_method>& every_method();

/// `static add_methods mine{{...}};` adds lines.
struct add_methods {
  add_methods(std::initializer_list<repository_method> lines) {
    every_method().insert(every_method().end(), lines);
  }
};

} // namespace velox::persistence

#pragma once

#include "persistence/database.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace velox::persistence {

/// A connection through which a test can interfere: it passes everything on,
/// and calls back before statements that begin in some way.
class hooked_connection final : public connection {
public:
  explicit hooked_connection(connection& real) : real_(real) {}

  /// Calls `hook` before each statement or script that begins with `start`.
  void before(std::string start, std::function<void()> hook) {
    before_.emplace_back(std::move(start), std::move(hook));
  }

  /// Calls `hook` after each script that begins with `start`.
  void after(std::string start, std::function<void()> hook) {
    after_.emplace_back(std::move(start), std::move(hook));
  }

  const dialect& speaks() const override { return real_.speaks(); }

  void run_script(const std::string& sql) override {
    call(before_, sql);
    real_.run_script(sql);
    call(after_, sql);
  }

  statement& prepare(std::string_view sql) override {
    call(before_, sql);
    return real_.prepare(sql);
  }

private:
  using hooks = std::vector<std::pair<std::string, std::function<void()>>>;

  static void call(const hooks& all, std::string_view sql) {
    for (auto& [start, hook] : all)
      if (sql.starts_with(start))
        hook();
  }

  connection& real_;
  hooks before_;
  hooks after_;
};

} // namespace velox::persistence

#pragma once

#include "persistence/open_database.hpp"
#include "tests/integration/engine_fixture.hpp"
#include "tests/support/event_receiver.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace velox::test {

/// An engine whose books can be read, on SQLite or on a PostgreSQL database of
/// its own, with Stripe's and a merchant's side of its webhooks.
class books_test : public engine_test {
protected:
  ~books_test() override;

  /// From the next start on.
  void use_postgres();

  /// Starts the engine; false when it died before it listened. It can be
  /// started again, on the same books, once it has ended.
  bool start_engine();

  bool alive() { return !exit_code(std::chrono::milliseconds{0}); }

  /// As `engine->wait`, and again when it is asked again.
  std::optional<int> exit_code(std::chrono::milliseconds patience);

  /// `velox` with `args` on the same books: exit code and output.
  finished books(std::vector<std::string> args) const;

  /// Has the organisation "default" told of its calls.
  void watch_events();

  /// Gives it so many minutes under one key. Notes when the tool was killed.
  void credit(const std::string& minutes);

  /// Begins a call and waits until talk of it was charged.
  std::unique_ptr<child_process> call_under_way();

  /// A call of this length.
  phone_report ring(std::chrono::milliseconds duration) const;

  /// Posts a signed event, as Stripe does; the answer's status, 0 when there
  /// was none.
  int stripe_event(const std::string& json) const;

  /// What the database answers to a query for one number.
  int64_t number(const std::string& sql) const;

  /// Nothing is left to be delivered or applied.
  bool nothing_waits() const;

  /// The organisation was told of the end of every call.
  void expect_every_call_told() const;

  event_receiver receiver;
  bool killed_tool = false;

private:
  persistence::database_options database() const;

  std::string database_name_;
  std::optional<int> exit_code_;
};

/// Stripe's events about customer cus_1 of the organisation "default".
std::string checkout_completed(const std::string& id);
std::string invoice_paid(const std::string& id);
std::string charge_refunded(const std::string& id);

} // namespace velox::test

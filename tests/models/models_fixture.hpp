#pragma once

#include "adapters/language/models/models.hpp"
#include "tests/models/answer_client.hpp"
#include "tests/support/vendors/fake_model.hpp"
#include "tests/support/vendors/outbound_thread.hpp"

#include <gtest/gtest.h>

namespace velox::test {

/// One language model and the fake of its vendor.
struct implementation {
  std::string name;
  std::unique_ptr<model_wire> (*wire)();
  language_model_factory (*factory)(net::vendor, language::model_options);
};

std::ostream& operator<<(std::ostream& out, const implementation& x);

const std::vector<implementation>& implementations();

/// A session over real TLS sockets to its vendor's fake.
class ModelTest : public testing::Test {
protected:
  explicit ModelTest(const implementation& which);

  /// A session that reports to `client_`, with two tools.
  std::unique_ptr<language_model> session();
  std::unique_ptr<language_model> session(net::vendor vendor);

  /// The caller says something in `turn`.
  static prompt ask(uint64_t turn, uint32_t attempt = 0);

  /// Waits until the fake sees as many requests.
  bool wait_requests(int count);

  /// Waits until no connection to the fake is open; those kept for the next
  /// request are closed by stopping the way out.
  bool nothing_open();

  const implementation which_;
  fake_model fake_;
  std::unique_ptr<outbound_thread> net_ = std::make_unique<outbound_thread>();
  answer_client client_;
  language::model_options options_;
  language_model_options call_;
};

} // namespace velox::test

#include "adapters/cli/serve/sessions.hpp"

#include "protocol/node_message.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace velox {

namespace {

TEST(NodeName, IsTheSettingOrHostAndPort) {
  config::settings x;
  x.storage.node_name = "blue-1";
  EXPECT_EQ(cli::node_name(x), "blue-1");
  x.storage.node_name = "blue 1";
  EXPECT_THROW(cli::node_name(x), std::runtime_error);
  x.storage.node_name.clear();
  x.server.port = 8123;
  auto made = cli::node_name(x);
  EXPECT_TRUE(is_node_name(made)) << made;
  EXPECT_TRUE(made.ends_with("-8123")) << made;
}

TEST(CallerLimit, KnowsWhoIsSomebody) {
  for (auto x : {"+15551234567", "+4930123456", "+442071234567"})
    EXPECT_TRUE(cli::is_known_caller(x)) << x;
  for (auto x : {"", "anonymous", "Restricted", "+266696687", "+7378742833",
                 "+1", "sip:me@example.com", "+1555123456a", "client:web",
                 "+1234567890123456"})
    EXPECT_FALSE(cli::is_known_caller(x)) << x;
}

} // namespace

} // namespace velox

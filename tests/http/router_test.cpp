#include "adapters/http/router.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <stdexcept>

using namespace velox::http;

namespace {

void ignore(const request&, responder) {}

std::string
found(const router& x, std::string_view method, std::string_view path) {
  auto match = x.find(method, path);
  return match.found ? match.found->info.pattern : "";
}

} // namespace

TEST(Router, PrefersLiteralsThenTheFirstAdded) {
  router x;
  x.get("/calls/{id}", ignore);
  x.get("/calls/live", ignore);
  x.get("/{rest...}", ignore);
  EXPECT_EQ(found(x, "GET", "/calls/live"), "/calls/live");
  EXPECT_EQ(found(x, "GET", "/calls/other"), "/calls/{id}");
  EXPECT_EQ(found(x, "GET", "/calls/a/b"), "/{rest...}");
  EXPECT_EQ(found(x, "GET", "/"), "/{rest...}");
}

TEST(Router, DecodesParams) {
  router x;
  x.get("/a/{one}/b/{rest...}", ignore);
  auto match = x.find("GET", "/a/x%20y/b/c/d%2Fe");
  ASSERT_TRUE(match.found);
  EXPECT_EQ(match.params.at("one"), "x y");
  EXPECT_EQ(match.params.at("rest"), "c/d/e");
  EXPECT_FALSE(x.find("GET", "/a/%zz/b/").found);
  EXPECT_FALSE(x.find("GET", "/a//b/").found);
  EXPECT_EQ(x.find("GET", "/a/1/b/").params.at("rest"), "");
}

TEST(Router, TellsAnUnknownMethodFromAnUnknownPath) {
  router x;
  x.get("/a", ignore);
  x.post("/a", ignore);
  x.websocket("/socket", [](const request&, upgrade) {});
  EXPECT_EQ(x.find("PUT", "/a").allow, "GET, POST");
  EXPECT_EQ(x.find("PUT", "/b").allow, "");
  EXPECT_EQ(found(x, "HEAD", "/a"), "/a");
  EXPECT_TRUE(x.find("GET", "/socket").is_websocket);
  EXPECT_FALSE(x.find("GET", "/socket").found);
  EXPECT_TRUE(x.find_websocket("/socket").found);
  EXPECT_FALSE(x.find_websocket("/a").found);
}

TEST(Router, ListsRoutesAndAliases) {
  router x;
  x.get("/a", ignore);
  x.websocket("/socket", [](const request&, upgrade) {});
  x.alias("/b", "/a");
  x.alias("/streams", "/socket");
  auto table = x.table();
  ASSERT_EQ(table.size(), 4u);
  EXPECT_EQ(table[2].pattern, "/b");
  EXPECT_EQ(table[2].alias_of, "/a");
  EXPECT_EQ(table[3].method, "WS");
  EXPECT_EQ(found(x, "GET", "/b"), "/b");
  EXPECT_TRUE(x.find_websocket("/streams").found);
}

TEST(Router, RefusesMistakes) {
  router x;
  x.get("/a", ignore);
  EXPECT_THROW(x.get("/a", ignore), std::invalid_argument);
  EXPECT_THROW(x.get("b", ignore), std::invalid_argument);
  EXPECT_THROW(x.alias("/c", "/nowhere"), std::invalid_argument);
}

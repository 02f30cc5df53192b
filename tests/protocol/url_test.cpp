#include "protocol/url.hpp"

#include <gtest/gtest.h>

using namespace velox;

TEST(Url, CutsAllPieces) {
  auto x = parse_url("HTTPS://user:p@ss@example.com:8443/a/b?c=d?e#f#g");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->scheme, "https");
  EXPECT_EQ(x->userinfo, "user:p@ss");
  EXPECT_EQ(x->host, "example.com");
  EXPECT_EQ(x->port, 8443);
  EXPECT_EQ(x->path, "/a/b");
  EXPECT_EQ(x->query, "c=d?e");
  EXPECT_EQ(x->fragment, "f#g");
  EXPECT_EQ(x->target(), "/a/b?c=d?e");
  EXPECT_TRUE(x->secure());
}

TEST(Url, PutsTogetherWhatItCut) {
  for (auto* text :
       {"https://example.com", "ws://example.com/", "http://a:1/b?",
        "wss://[::1]:80/x", "https://user:pass@host/p?q=%27'#",
        "postgresql:///none"}) {
    auto x = parse_url(text);
    if (std::string_view{text} == "postgresql:///none") {
      EXPECT_FALSE(x);
      continue;
    }
    ASSERT_TRUE(x) << text;
    EXPECT_EQ(x->str(), text);
  }
}

TEST(Url, KnowsThePortsOfSchemes) {
  EXPECT_EQ(parse_url("https://a")->effective_port(), 443);
  EXPECT_EQ(parse_url("wss://a")->effective_port(), 443);
  EXPECT_EQ(parse_url("http://a")->effective_port(), 80);
  EXPECT_EQ(parse_url("redis://a")->effective_port(), 6379);
  EXPECT_EQ(parse_url("ws://a:81")->effective_port(), 81);
  EXPECT_EQ(parse_url("gopher://a")->effective_port(), 0);
  EXPECT_EQ(parse_url("https://a?b")->target(), "/?b");
  EXPECT_FALSE(parse_url("ws://a")->secure());
}

TEST(Url, RefusesWhatIsNone) {
  for (auto* bad : {"", "example.com", "/path", "https://", "https:///p",
                    "://a", "1a://b", "https://a:99999/", "https://a:x/",
                    "https://a:/", "https://a b/", "https://a/\r\nHost: b",
                    "https://[::1", "https://[]/", "https://[::1]x/"})
    EXPECT_FALSE(parse_url(bad)) << bad;
}

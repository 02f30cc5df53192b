#include "protocol/twiml.hpp"

#include "protocol/xml.hpp"

#include <gtest/gtest.h>

using namespace velox;

namespace {

std::string body_of(const twiml::response& x) {
  auto text = x.str();
  constexpr std::string_view head
    = R"(<?xml version="1.0" encoding="UTF-8"?><Response>)";
  constexpr std::string_view foot = "</Response>";
  EXPECT_TRUE(text.starts_with(head) && text.ends_with(foot)) << text;
  return text.substr(head.size(), text.size() - head.size() - foot.size());
}

twiml::response one_of_each() {
  return twiml::response{}
    .add(twiml::connect{.url = "wss://a.b/media-stream",
                        .name = "n",
                        .status_callback = "https://a.b/s?x=1&y=2",
                        .parameters = {{"token", "a<b>"}, {"empty", ""}},
                        .action = "/after"})
    .add(twiml::say{"Tom & \"Jerry\"", "Polly.Aditi", "en-IN"})
    .add(twiml::pause{2})
    .add(twiml::dial{"+15552223333", 25, "+15550001111", "/done"})
    .add(twiml::redirect{"https://a.b/resume?x=1&y=2", "POST"})
    .add(twiml::reject{"busy"})
    .add(twiml::hangup{});
}

} // namespace

TEST(Twiml, WritesVerbsAsDocumented) {
  EXPECT_EQ(body_of(twiml::response{}), "");
  EXPECT_EQ(body_of(twiml::response{}.add(twiml::hangup{})), "<Hangup/>");
  EXPECT_EQ(body_of(twiml::response{}.add(twiml::reject{})),
            R"(<Reject reason="rejected"/>)");
  EXPECT_EQ(body_of(twiml::response{}.add(twiml::say{"Hello.", "", ""})),
            "<Say>Hello.</Say>");
  EXPECT_EQ(body_of(twiml::response{}.add(twiml::pause{})),
            R"(<Pause length="1"/>)");
  EXPECT_EQ(body_of(twiml::response{}.add(twiml::redirect{"/r?a=1&b=2", ""})),
            "<Redirect>/r?a=1&amp;b=2</Redirect>");
  EXPECT_EQ(
    body_of(twiml::response{}.add(twiml::dial{"+1555", 25, "+1666", ""})),
    R"(<Dial timeout="25" callerId="+1666"><Number>+1555</Number>)"
    "</Dial>");
  EXPECT_EQ(body_of(twiml::response{}.add(
              twiml::connect{.url = "wss://a/m", .parameters = {{"t", "v"}}})),
            R"(<Connect><Stream url="wss://a/m"><Parameter name="t" )"
            R"(value="v"/></Stream></Connect>)");
}

TEST(Twiml, ReadsBackWhatItWrites) {
  twiml::response back;
  auto error = twiml::read(one_of_each().str(), back);
  EXPECT_FALSE(error) << error.text;
  EXPECT_EQ(back, one_of_each());
}

TEST(Twiml, EscapesAndDropsWhatXmlCannotCarry) {
  std::string out;
  xml::append_escaped(out, "<a b='c'>&\"\x01\x1f\t\r\n\xff\xe0ü\xef\xbf\xbf");
  EXPECT_EQ(out, "&lt;a b=&apos;c&apos;&gt;&amp;&quot;\t&#13;\nü");
}

TEST(Twiml, WhateverIsSaidTheDocumentCanBeRead) {
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; second += 5) {
      std::string said{'a', static_cast<char>(first), static_cast<char>(second),
                       'b'};
      twiml::response back;
      auto error = twiml::read(
        twiml::response{}.add(twiml::say{said, said, ""}).str(), back);
      ASSERT_FALSE(error) << error.text << ' ' << first << ' ' << second;
    }
}

TEST(Twiml, ReadsWhatOthersWrite) {
  twiml::response x;
  auto error
    = twiml::read("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- hi --> <Response>\n"
                  " <Say voice = 'alice' >It&#39;s <![CDATA[<5>]]>&#x20AC; "
                  "</Say><!-- c --><Gather numDigits=\"1\"><Say>x</Say>"
                  "</Gather>\n<Dial>  +1555 </Dial></Response>\n",
                  x);
  ASSERT_FALSE(error) << error.text;
  EXPECT_EQ(x, (twiml::response{{twiml::say{"It's <5>€", "alice", ""},
                                 twiml::other_verb{"Gather"},
                                 twiml::dial{"+1555", std::nullopt, "", ""}}}));
}

TEST(Twiml, RefusesBadDocumentsAndLeavesTheOutputAlone) {
  for (auto* bad : {"",
                    "hello",
                    "<Response>",
                    "<Response></Other>",
                    "<Response/>x",
                    "<Other/>",
                    "<Response><Say>&unknown;</Say></Response>",
                    "<Response><Say>&#0;</Say></Response>",
                    "<Response><Say>a & b</Say></Response>",
                    "<!DOCTYPE a [<!ENTITY b \"c\">]><Response/>",
                    "<Response><Say voice=alice/></Response>",
                    "<Response><Say voice='a' voice='b'/></Response>",
                    "<Response><Say voice='a'language='b'/></Response>",
                    "<Response><Say voice='<'/></Response>",
                    "<Response",
                    "<Response a",
                    "<Response a=",
                    "<Response a='",
                    "<Response><!--",
                    "<>",
                    "<Response><Pause length=\"soon\"/></Response>",
                    "<Response><Connect><Stream/></Connect></Response>",
                    "<Response><Dial/></Response>"}) {
    auto x = twiml::response{}.add(twiml::pause{3});
    EXPECT_TRUE(twiml::read(bad, x)) << bad;
    EXPECT_EQ(x, twiml::response{}.add(twiml::pause{3})) << bad;
  }
  twiml::response x;
  std::string large(70'000, ' ');
  large += "<Response/>";
  std::string nested = "<Response>";
  for (auto* tag : {"<a>", "</a>"})
    for (int i = 0; i < 8; ++i)
      nested += tag;
  EXPECT_EQ(twiml::read(nested + "</Response>", x).text,
            "elements are nested too deep");
  EXPECT_TRUE(twiml::read(large, x));
  EXPECT_EQ(twiml::read("<Response><Say></Sax></Response>", x).text,
            "</Sax> closes <Say>");
}

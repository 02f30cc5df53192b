#include "protocol/azure_speech.hpp"

#include "protocol/xml.hpp"

#include <gtest/gtest.h>

using namespace velox;

TEST(AzureSpeech, EscapesTheText) {
  EXPECT_EQ(azure_ssml("hi-IN-SwaraNeural", "hi-IN", "a & b <c> \"d\""),
            R"(<speak version="1.0" )"
            R"(xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="hi-IN">)"
            R"(<voice name="hi-IN-SwaraNeural">)"
            "a &amp; b &lt;c&gt; &quot;d&quot;</voice></speak>");
  for (std::string text : {"\u0928\u092E\u0938\u094D\u0924\u0947", "'", "]]>",
                           "</voice>", "&amp;", "\U0001F600"}) {
    xml::element root;
    ASSERT_EQ(xml::read(azure_ssml("v\"&", "en-US", text), root), "");
    ASSERT_EQ(root.children.size(), 1u);
    EXPECT_EQ(root.children[0].text, text);
    EXPECT_EQ(root.children[0].attribute("name"), "v\"&");
  }
  // What XML cannot carry is dropped.
  xml::element root;
  EXPECT_EQ(xml::read(azure_ssml("v", "en",
                                 "a\x01\xff"
                                 "b"),
                      root),
            "");
  EXPECT_EQ(root.children[0].text, "ab");
}

TEST(AzureSpeech, KnowsTheLanguageOfAVoice) {
  EXPECT_EQ(language_of_voice("hi-IN-SwaraNeural"), "hi-IN");
  EXPECT_EQ(language_of_voice("cmn-CN-Wavenet-A"), "cmn-CN");
  for (auto voice : {"", "hi", "hi-IN", "aura-2-thalia-en", "x-y-z",
                     "694f9389-aac1-45b6-b726-9d9369183238"})
    EXPECT_EQ(language_of_voice(voice), "") << voice;
}

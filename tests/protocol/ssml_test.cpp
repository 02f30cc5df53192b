#include "protocol/ssml.hpp"

#include "protocol/pronouncer.hpp"
#include "protocol/sentence_splitter.hpp"
#include "protocol/xml.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

using namespace velox;

namespace {

struct row {
  std::string_view sentence, ssml, breaks, plain;
};

constexpr auto rows = std::to_array<row>({
  {"Hello.", "Hello.", "Hello.", "Hello."},
  {"a < b & \"c\"", "a &lt; b &amp; &quot;c&quot;", "a < b & \"c\"",
   "a < b & \"c\""},
  {"Wait<break time=\"1.5s\"/> so.", "Wait<break time=\"1500ms\"/> so.",
   "Wait<break time=\"1500ms\"/> so.", "Wait so."},
  // No longer than a caller bears.
  {"<break time='60s' />Hi", "<break time=\"3000ms\"/>Hi",
   "<break time=\"3000ms\"/>Hi", "Hi"},
  {"<break strength=\"weak\"/>Hi", "<break strength=\"weak\"/>Hi",
   "<break time=\"500ms\"/>Hi", "Hi"},
  {"<emphasis level=\"strong\">so</emphasis> it is",
   "<emphasis level=\"strong\">so</emphasis> it is", "so it is", "so it is"},
  {"<sub alias=\"World &quot;\">x</sub>",
   "&lt;sub alias=&quot;World &amp;quot;&quot;&gt;x", "x",
   "<sub alias=\"World &quot;\">x"},
  {"<sub alias=\"W3 group\">W3G</sub>.", "<sub alias=\"W3 group\">W3G</sub>.",
   "W3 group.", "W3 group."},
  {"<say-as interpret-as=\"digits\">12</say-as> <say-as "
   "interpret-as=\"date\">2026-11-21</say-as>",
   "<say-as interpret-as=\"digits\">12</say-as> <say-as "
   "interpret-as=\"date\">2026-11-21</say-as>",
   "one two November twenty-first, twenty twenty-six",
   "one two November twenty-first, twenty twenty-six"},
  {"<phoneme alphabet=\"ipa\" ph=\"təˈmɑːtəʊ\">tomato</phoneme>",
   "<phoneme alphabet=\"ipa\" ph=\"təˈmɑːtəʊ\">tomato</phoneme>", "tomato",
   "tomato"},
  {"<prosody rate=\"slow\"><emphasis>a</emphasis></prosody>",
   "<prosody rate=\"slow\"><emphasis>a</emphasis></prosody>", "a", "a"},
  // Without its other half.
  {"<prosody rate=\"slow\">cut", "cut", "cut", "cut"},
  {"cut</prosody> off", "cut off", "cut off", "cut off"},
  {"<emphasis>a<prosody rate=\"slow\">b</emphasis>c",
   "<emphasis>ab</emphasis>c", "abc", "abc"},
  // What is none of these.
  {"<voice name=\"x\">a</voice>",
   "&lt;voice name=&quot;x&quot;&gt;a&lt;/voice&gt;", "a",
   "<voice name=\"x\">a</voice>"},
  {"<break time=\"1s\" onload=\"x\"/>a",
   "&lt;break time=&quot;1s&quot; onload=&quot;x&quot;/&gt;a", "a",
   "<break time=\"1s\" onload=\"x\"/>a"},
  {"<break time=\"soon\"/>a", "&lt;break time=&quot;soon&quot;/&gt;a", "a",
   "<break time=\"soon\"/>a"},
  {"<sub>a", "&lt;sub&gt;a", "a", "<sub>a"},
  {"<![CDATA[x]]><!-- y -->", "&lt;![CDATA[x]]&gt;&lt;!-- y --&gt;", "",
   "<![CDATA[x]]><!-- y -->"},
});

std::vector<std::string> sentences(std::string_view text, size_t size) {
  sentence_splitter splitter{speech_rules};
  std::vector<std::string> result;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
    splitter.push(text.substr(0, size));
    while (auto x = splitter.next())
      result.push_back(*x);
  }
  while (auto x = splitter.flush())
    result.push_back(*x);
  return result;
}

} // namespace

TEST(Ssml, IsWrittenAsTheVoiceTakesIt) {
  for (auto& x : rows) {
    auto write = [&](voice_markup markup) {
      return pronouncer{{}, "en", markup}(x.sentence);
    };
    EXPECT_EQ(write(voice_markup::ssml), x.ssml);
    EXPECT_EQ(write(voice_markup::breaks), x.breaks);
    EXPECT_EQ(write(voice_markup::none), x.plain);
  }
}

TEST(Ssml, IsWellFormedWhateverAModelWrites) {
  constexpr auto scraps
    = std::to_array<const char*>({"<break time=\"1s\"/>",
                                  "<prosody rate=\"slow\">",
                                  "</prosody>",
                                  "<sub ",
                                  "alias=\"x\">",
                                  "</sub>",
                                  "<sub alias='\"'>",
                                  "&",
                                  "<",
                                  ">",
                                  "\"",
                                  "/>",
                                  "Velox",
                                  " ",
                                  "<emphasis>",
                                  "</emphasis>",
                                  "<say-as interpret-as=\"x\">",
                                  "</say-as>",
                                  "]]>",
                                  "<!--",
                                  "&amp;",
                                  "é",
                                  "\x01",
                                  "\xff"});
  std::vector<pronunciation> sayings{{"velox", "<b>&\"", ""}};
  for (uint32_t seed = 0; seed < 5000; ++seed) {
    std::mt19937 random{seed};
    std::string text;
    for (auto n = random() % 10; n > 0; --n)
      text += scraps[random() % scraps.size()];
    auto said = pronouncer{sayings, "en", voice_markup::ssml}(text);
    xml::element root;
    auto wrong = xml::read("<speak>" + said + "</speak>", root);
    ASSERT_TRUE(wrong.empty() || wrong == "elements are nested too deep")
      << seed << ": " << wrong << "\n"
      << text << "\n"
      << said;
  }
}

TEST(Ssml, KeepsItsTagsInOneSentence) {
  std::string tagged
    = "Meet <sub alias=\"Saint. James Street\">St. J.</sub> now.";
  for (size_t size : {1u, 2u, 3u, 7u, 100u}) {
    EXPECT_EQ(sentences(tagged + " And go.", size),
              (std::vector<std::string>{tagged, "And go."}))
      << size;
    // A tag that we do not know is text.
    EXPECT_EQ(sentences("Is 3 <b. Yes. 5 < 6. So.", size),
              (std::vector<std::string>{"Is 3 <b.", "Yes.", "5 < 6.", "So."}))
      << size;
  }
  EXPECT_EQ(sentences("Wait<break time=\"1s\"", 3),
            (std::vector<std::string>{"Wait<break time=\"1s\""}));
}

TEST(Pronouncer, ReplacesWholeWordsTheLongestFirst) {
  struct pronounced {
    const char *text, *said;
  };
  pronouncer write{{{"Velox", "vee lox", ""},
                    {"Velox Pro", "vee lox pro", ""},
                    {"AT&T", "a tee and tee", ""},
                    {"Zoë", "zoh ee", ""},
                    {"IPA only", "", "x"},
                    {"", "nothing", ""}},
                   "en",
                   voice_markup::none};
  for (auto& x : {pronounced{"Velox", "vee lox"},
                  {"VELOX, velox!", "vee lox, vee lox!"},
                  {"Veloxes and éVelox", "Veloxes and éVelox"},
                  {"velox pro", "vee lox pro"},
                  {"velox product", "vee lox product"},
                  {"at&t and AT and T", "a tee and tee and a tee and tee"},
                  {"Zoë's", "zoh ee's"},
                  {"IPA only", "IPA only"},
                  {"<sub alias=\"a\">Velox</sub> Velox", "a vee lox"}})
    EXPECT_EQ(write(x.text), x.said);
}

TEST(Pronouncer, TellsListsApart) {
  EXPECT_EQ(fingerprint({}), "");
  EXPECT_NE(fingerprint({{"a", "b", ""}}), fingerprint({{"a", "", "b"}}));
  EXPECT_NE(fingerprint({{"a", "b", ""}}), fingerprint({{"a", "c", ""}}));
}

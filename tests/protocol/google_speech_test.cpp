#include "protocol/google_speech.hpp"

#include "tests/protocol/stt_wire.hpp"

using namespace velox;
using namespace velox::test;

TEST(GoogleSpeech, AsksAsTheDocumentDoes) {
  std::vector<uint8_t> audio{'f', 'o', 'o'};
  EXPECT_EQ(google_speech_request({"", "hi", {}}, audio),
            R"({"config":{"encoding":"MULAW","sampleRateHertz":8000,)"
            R"("languageCode":"hi-IN","enableAutomaticPunctuation":true},)"
            R"("audio":{"content":"Zm9v"}})");
  EXPECT_EQ(google_speech_request({"phone_call", "en-IN", {"dr. mehta"}}, {}),
            R"({"config":{"encoding":"MULAW","sampleRateHertz":8000,)"
            R"("languageCode":"en-IN","enableAutomaticPunctuation":true,)"
            R"("model":"phone_call","speechContexts":[{"phrases":)"
            R"(["dr. mehta"]}]},"audio":{"content":""}})");
}

TEST(GoogleSpeech, NamesLanguagesWithTheirRegion) {
  for (auto [given, expected] :
       {std::pair{"", "en-US"}, std::pair{"en", "en-US"},
        std::pair{"en-GB", "en-GB"}, std::pair{"hi", "hi-IN"},
        std::pair{"es", "es-ES"}, std::pair{"xx", "xx"}})
    EXPECT_EQ(google_language(given), expected) << given;
}

TEST(GoogleSpeech, ReadsAnswers) {
  auto x = parse_google_speech(stt_frame("google_speech.json", "answer"));
  ASSERT_TRUE(x);
  EXPECT_EQ(x->text, "hello");
  EXPECT_DOUBLE_EQ(x->confidence, 0.93);
  x = parse_google_speech(R"({"totalBilledTime":"2s"})");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->text, "");
  x = parse_google_speech(
    R"({"results":[{"alternatives":[{"transcript":"one","confidence":0}]},)"
    R"({"alternatives":[]},{"alternatives":[{"transcript":" two"}]}]})");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->text, "one two");
  EXPECT_EQ(x->confidence, 1); // not set
}

TEST(GoogleSpeech, RefusesWhatMakesNoSense) {
  EXPECT_FALSE(parse_google_speech(stt_frame("google_speech.json", "error")));
  for (auto text : {"", "[]", "1", R"({"results":1})"})
    EXPECT_FALSE(parse_google_speech(text)) << text;
}

#include "adapters/speech/synthesizers/voices.hpp"

#include "adapters/speech/synthesizers/text.hpp"

#include <gtest/gtest.h>

using namespace velox::speech;

TEST(Voices, KnowTheirVendors) {
  struct row {
    const char* voice;
    const char* vendor;
  };
  for (auto& x : {
         row{"el_EXAVITQu4vr4xnSDxMaL", "elevenlabs"},
         row{"aura-2-thalia-en", "deepgram"},
         row{"aura-asteria-en", "deepgram"},
         row{"hi-IN-SwaraNeural", "azure"},
         row{"en-US-AvaMultilingualNeural", "azure"},
         row{"hi-IN-Neural2-A", "google"},
         row{"hi-IN-Wavenet-B", "google"},
         row{"en-IN-Chirp3-HD-Kore", "google"},
         row{"es-ES-Standard-A", "google"},
         row{"coral", "openai"},
         row{"alloy", "openai"},
         row{"slt", "offline"},
         row{"kal16", "offline"},
         row{"", ""},
         row{"somebody", ""},
         row{"Neural", ""},
         row{"694f9389-aac1-45b6-b726-9d9369183238", ""},
       })
    EXPECT_EQ(vendor_of_voice(x.voice), x.vendor) << x.voice;
  EXPECT_EQ(without_voice_prefix("el_abc"), "abc");
  EXPECT_EQ(without_voice_prefix("coral"), "coral");
}

TEST(Voices, HaveDefaults) {
  EXPECT_EQ(default_voice("azure", "hi-IN"), "hi-IN-SwaraNeural");
  EXPECT_EQ(default_voice("azure", "en-IN"), "en-IN-NeerjaNeural");
  EXPECT_EQ(default_voice("azure", "en-GB"), "en-US-JennyNeural");
  EXPECT_EQ(default_voice("azure", ""), "en-US-JennyNeural");
  EXPECT_EQ(default_voice("deepgram", "hi"), "");
  EXPECT_EQ(default_voice("nobody", "en"), "");
}

TEST(Voices, OfAnotherVendorAreReplaced) {
  EXPECT_EQ(voice_for("elevenlabs", {"", "en", "el_x"}), "x");
  EXPECT_EQ(voice_for("openai", {"", "en", "kokoro"}), "kokoro");
  EXPECT_EQ(voice_for("openai", {"", "en", "aura-2-thalia-en"}), "coral");
  EXPECT_EQ(voice_for("google", {"", "hi-IN", "hi-IN-SwaraNeural"}),
            "hi-IN-Neural2-A");
  EXPECT_THROW(voice_for("deepgram", {"", "hi-IN", ""}), std::invalid_argument);
}

TEST(Text, KnowsWhatHasASound) {
  for (auto text : {"a", " 7 ", "$", "\u0928\u092E", "\u00E9", "\u4F60", "5%"})
    EXPECT_TRUE(has_sound(text)) << text;
  for (auto text : {"", " ", "?!...", "\u2026", "\u0964", "\u00BF", "\xff\xfe",
                    "\U0001F600", "\u2014", "\u3002", "(\"'-*_)"})
    EXPECT_FALSE(has_sound(text)) << text;
}

TEST(Text, IsCutWhereSpeechAllows) {
  using parts = std::vector<std::string>;
  EXPECT_EQ(split_text("One. Two. Three.", {10}),
            (parts{"One. Two.", "Three."}));
  EXPECT_EQ(split_text("one two three", {8}), (parts{"one two", "three"}));
  EXPECT_EQ(split_text("abcdefgh", {3}), (parts{"abc", "def", "gh"}));
  EXPECT_EQ(split_text("  short  ", {100}), (parts{"short"}));
  EXPECT_EQ(split_text("", {100}), parts{});
  EXPECT_EQ(split_text("pi is 3.14159", {9}), (parts{"pi is", "3.14159"}));
  // Three bytes each, and never cut within.
  EXPECT_EQ(split_text("\u0915\u0916\u0917", {7, true}),
            (parts{"\u0915\u0916", "\u0917"}));
  EXPECT_EQ(split_text("\u0915\u0916\u0964 \u0917", {4}),
            (parts{"\u0915\u0916\u0964", "\u0917"}));
  EXPECT_EQ(split_text("\xff\xfe\xfd", {2}), (parts{"\xff\xfe", "\xfd"}));
}

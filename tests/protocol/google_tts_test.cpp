#include "protocol/google_tts.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <gtest/gtest.h>

using namespace velox;

namespace {

using bytes = std::vector<uint8_t>;

void put(bytes& out, size_t x, int size) {
  for (int i = 0; i < size; ++i)
    out.push_back(static_cast<uint8_t>(x >> (8 * i)));
}

void tag(bytes& out, std::string_view x) {
  out.insert(out.end(), x.begin(), x.end());
}

struct wav_shape {
  size_t format_size = 16;
  int coding = 7;
  int channels = 1;
  int rate = 8000;
  bool fact = false;
  size_t odd_chunk = 0; ///< bytes of a chunk that nobody knows
  size_t claimed = 4;   ///< the size of data
};

bytes wav(const wav_shape& x) {
  bytes out;
  tag(out, "RIFF");
  put(out, 0, 4);
  tag(out, "WAVEfmt ");
  put(out, x.format_size, 4);
  put(out, static_cast<size_t>(x.coding), 2);
  put(out, static_cast<size_t>(x.channels), 2);
  put(out, static_cast<size_t>(x.rate), 4);
  put(out, 8000, 4);
  put(out, 1, 2);
  put(out, 8, 2);
  out.resize(20 + x.format_size);
  if (x.fact) {
    tag(out, "fact");
    put(out, 4, 4);
    put(out, 4, 4);
  }
  if (x.odd_chunk > 0) {
    tag(out, "LIST");
    put(out, x.odd_chunk, 4);
    out.resize(out.size() + x.odd_chunk + x.odd_chunk % 2);
  }
  tag(out, "data");
  put(out, x.claimed, 4);
  for (uint8_t i = 1; i <= 4; ++i)
    out.push_back(i);
  return out;
}

std::optional<bytes> samples(const bytes& file) {
  auto found = mulaw_of_wav(file);
  if (!found)
    return std::nullopt;
  return bytes{found->begin(), found->end()};
}

} // namespace

TEST(GoogleTts, WritesRequests) {
  EXPECT_EQ(google_tts_body({"hi-IN-Neural2-A", "hi-IN", 1}, "Namaste"),
            R"({"input":{"text":"Namaste"},"voice":{"languageCode":"hi-IN",)"
            R"("name":"hi-IN-Neural2-A"},"audioConfig":{)"
            R"("audioEncoding":"MULAW","sampleRateHertz":8000}})");
}

TEST(GoogleTts, FindsTheSamplesWhateverTheHeader) {
  const bytes expected{1, 2, 3, 4};
  EXPECT_EQ(samples(wav({})), expected);
  EXPECT_EQ(samples(wav({18, 7, 1, 8000, true, 0, 4})), expected);
  EXPECT_EQ(samples(wav({18, 7, 1, 8000, true, 5, 4})), expected);
  EXPECT_EQ(samples(wav({16, 7, 1, 8000, false, 0, 0xffffffff})), expected);
  EXPECT_EQ(samples(wav({16, 7, 1, 8000, false, 0, 2})), (bytes{1, 2}));
}

TEST(GoogleTts, RefusesOtherFiles) {
  EXPECT_FALSE(samples(wav({16, 1, 1, 8000, false, 0, 4})));  // PCM
  EXPECT_FALSE(samples(wav({16, 7, 2, 8000, false, 0, 4})));  // stereo
  EXPECT_FALSE(samples(wav({16, 7, 1, 16000, false, 0, 4}))); // too fast
  auto whole = wav({});
  for (size_t size = 0; size < 44; ++size)
    EXPECT_FALSE(
      samples({whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)}))
      << size;
}

TEST(GoogleTts, ReadsAnswers) {
  auto body = json_object{}.add("audioContent", encode_base64(wav({}))).str();
  EXPECT_EQ(parse_google_tts(body), (bytes{1, 2, 3, 4}));
  for (auto text : {"", "{}", R"({"audioContent":"!"})",
                    R"({"audioContent":"AQID"})", R"({"audioContent":7})"})
    EXPECT_FALSE(parse_google_tts(text)) << text;
  EXPECT_EQ(
    google_tts_error(R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}})"),
    "RESOURCE_EXHAUSTED");
  EXPECT_EQ(google_tts_error("{}"), "");
}

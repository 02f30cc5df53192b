#include "adapters/speech/wav.hpp"

#include "adapters/speech/resampler.hpp"
#include "protocol/g711.hpp"
#include "tests/speech/speech_test.hpp"

#include <filesystem>
#include <fstream>
#include <numbers>
#include <unistd.h>

using namespace velox;
using namespace velox::speech;
using ::testing::HasSubstr;

namespace {

/// A WAV file of a sine of 1 kHz and one second, at half of full scale.
struct wav_file {
  uint16_t coding = 1;
  uint16_t channels = 1;
  uint32_t rate = 8000;
  uint16_t bits = 16;

  std::vector<uint8_t> bytes() const {
    std::vector<uint8_t> data;
    for (uint32_t i = 0; i < rate; ++i) {
      auto x = static_cast<int16_t>(
        16384 * std::sin(2 * std::numbers::pi * 1000 * i / rate));
      for (int c = 0; c < channels; ++c) {
        if (bits == 8)
          data.push_back(linear_to_mulaw(x));
        else
          put(data, static_cast<uint16_t>(x), 2);
      }
    }
    std::vector<uint8_t> out;
    tag(out, "RIFF");
    put(out, static_cast<uint32_t>(36 + data.size()), 4);
    tag(out, "WAVELIST");
    put(out, 3, 4); // a chunk of no interest, of odd size
    out.insert(out.end(), {1, 2, 3, 0});
    tag(out, "fmt ");
    put(out, 16, 4);
    put(out, coding, 2);
    put(out, channels, 2);
    put(out, rate, 4);
    put(out, rate * channels * bits / 8, 4);
    put(out, channels * bits / 8u, 2);
    put(out, bits, 2);
    tag(out, "data");
    put(out, static_cast<uint32_t>(data.size()), 4);
    out.insert(out.end(), data.begin(), data.end());
    return out;
  }

  static void put(std::vector<uint8_t>& out, uint32_t x, int size) {
    for (int i = 0; i < size; ++i)
      out.push_back(static_cast<uint8_t>(x >> (8 * i)));
  }

  static void tag(std::vector<uint8_t>& out, std::string_view x) {
    out.insert(out.end(), x.begin(), x.end());
  }
};

double rms(std::span<const int16_t> x) {
  double sum = 0;
  for (auto s : x)
    sum += static_cast<double>(s) * s;
  return std::sqrt(sum / static_cast<double>(x.size()));
}

std::string error_of(const std::vector<uint8_t>& file) {
  try {
    parse_wav(file, "hello.wav");
  } catch (const std::runtime_error& ex) {
    return ex.what();
  }
  return "no error";
}

} // namespace

TEST(Wav, ReadsEveryRateAndBothCodings) {
  for (uint32_t rate : {8000u, 16000u, 22050u, 44100u, 48000u})
    for (uint16_t channels : {1, 2})
      for (uint16_t bits : {8, 16}) {
        SCOPED_TRACE(std::to_string(rate) + " Hz, " + std::to_string(channels)
                     + " channels, " + std::to_string(bits) + " bits");
        wav_file file{static_cast<uint16_t>(bits == 8 ? 7 : 1), channels, rate,
                      bits};
        auto samples = parse_wav(file.bytes(), "sine.wav");
        EXPECT_NEAR(static_cast<double>(samples.size()), 8000, 2);
        std::span middle{samples.data() + 1000, 6000};
        EXPECT_NEAR(rms(middle), 16384 / std::numbers::sqrt2, 300);
      }
}

TEST(Wav, SaysWhatIsWrong) {
  EXPECT_THAT(error_of({1, 2, 3}), HasSubstr("hello.wav: not a WAV file"));
  EXPECT_THAT(error_of(wav_file{1, 1, 8000, 24}.bytes()),
              HasSubstr("24 bits is not supported: save it as 16-bit PCM"));
  EXPECT_THAT(error_of(wav_file{1, 6, 8000, 16}.bytes()),
              HasSubstr("6 channels are not supported"));
  EXPECT_THAT(error_of(wav_file{1, 1, 4000, 16}.bytes()),
              HasSubstr("a rate of 4000 Hz is not supported"));
  auto cut = wav_file{}.bytes();
  cut.resize(44);
  EXPECT_THAT(error_of(cut), HasSubstr("no format chunk"));
  EXPECT_THROW(read_wav("/nonexistent.wav"), std::runtime_error);
  EXPECT_THROW(write_wav("/nonexistent/x.wav", {}, {}), std::runtime_error);
}

TEST(Wav, SurvivesEveryTruncation) {
  auto whole = wav_file{}.bytes();
  // 12 bytes of header, chunks of 12 and 24, and the head of the data.
  constexpr size_t up_to_data = 12 + 12 + 24 + 8;
  for (size_t size = 0; size < up_to_data + 20; ++size) {
    std::vector<uint8_t> cut(whole.begin(),
                             whole.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(error_of(cut) == "no error", size >= up_to_data) << size;
  }
}

TEST(Wav, WritesBothSidesOfACall) {
  auto path = (std::filesystem::temp_directory_path()
               / ("velox-wav-" + std::to_string(::getpid()) + ".wav"))
                .string();
  std::vector<int16_t> left(800, 1000);
  std::vector<int16_t> right(400, -3000);
  write_wav(path, left, right);
  auto mono = read_wav(path);
  std::filesystem::remove(path);
  ASSERT_EQ(mono.size(), 800u);
  EXPECT_EQ(mono[10], -1000);
  EXPECT_EQ(mono[700], 500);
}

TEST(Resampler, RemovesWhatTheTelephoneCannotCarry) {
  // 5 kHz at 16 kHz would come back as 3 kHz.
  std::vector<int16_t> samples(16000);
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<int16_t>(
      16384
      * std::sin(2 * std::numbers::pi * 5000 * static_cast<double>(i) / 16000));
  std::vector<int16_t> out;
  resampler to_8k{16000, 8000};
  to_8k.process(samples, out);
  to_8k.finish(out);
  EXPECT_NEAR(static_cast<double>(out.size()), 8000, 1);
  EXPECT_LT(rms(std::span{out}.subspan(200, 7000)), 20);
}

TEST(Resampler, RefusesARateOfZero) {
  EXPECT_THROW(resampler(0, 8000), std::runtime_error);
}

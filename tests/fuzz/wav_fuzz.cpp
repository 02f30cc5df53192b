#include "adapters/speech/wav.hpp"
#include "protocol/g711.hpp"
#include "protocol/transcription.hpp"
#include "tests/fuzz/expect.hpp"

#include <stdexcept>

using namespace velox;

/// A file is read or refused by its name; what we write ourselves is read.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    auto samples = speech::parse_wav({data, size}, "some.wav");
    expect(samples.size() <= size); // the rate never grows
  } catch (const std::runtime_error& e) {
    expect(std::string_view{e.what()}.starts_with("some.wav: "));
  }

  auto ours = wav_of_mulaw({reinterpret_cast<const char*>(data), size});
  auto samples = speech::parse_wav(
    {reinterpret_cast<const uint8_t*>(ours.data()), ours.size()}, "our.wav");
  expect(samples.size() == size);
  for (size_t i = 0; i < size; ++i)
    expect(samples[i] == mulaw_to_linear(data[i]));
  return 0;
}

#include "protocol/twiml.hpp"
#include "tests/fuzz/expect.hpp"

using namespace velox;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  twiml::response first;
  if (!twiml::read(text, first)) {
    // What was read can be written, and then reads the same for ever.
    twiml::response second, third;
    expect(!twiml::read(first.str(), second));
    expect(!twiml::read(second.str(), third));
    expect(second == third);
  }
  // Whatever is to be said, the document is well formed.
  std::string said{text.substr(0, 4000)};
  auto spoken = twiml::response{}
                  .add(twiml::say{said, said, said})
                  .add(twiml::connect{.url = 'x' + said,
                                      .parameters = {{'x' + said, said}}});
  expect(!twiml::read(spoken.str(), first));
  return 0;
}

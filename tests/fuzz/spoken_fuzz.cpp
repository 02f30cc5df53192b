#include "protocol/pronouncer.hpp"
#include "protocol/spoken_form.hpp"
#include "protocol/utf8.hpp"
#include "protocol/xml.hpp"
#include "tests/fuzz/expect.hpp"

#include <algorithm>

using namespace velox;

namespace {

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

constexpr const char* languages[]
  = {"en-US", "en-GB", "es-ES", "es-MX", "de-DE", "fr-FR", "hi-IN", "xx"};

const std::vector<pronunciation> sayings
  = {{"Velox", "vee lox", "ˈviːlɒks"}, {"AT&T", "a tee and tee"}};

} // namespace

/// The first byte chooses the language, the second where the voice was cut.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2)
    return 0;
  std::string language = languages[data[0] % std::size(languages)];
  std::string_view text{reinterpret_cast<const char*>(data) + 2, size - 2};
  auto said = spoken_form(text, language);
  expect(is_utf8(said));
  expect(said.size() <= 64 + 32 * text.size());
  auto at = said.size() * data[1] / 255;
  auto end = written_up_to(text, said, at);
  expect(end <= text.size());
  expect(written_up_to(text, said, at / 2) <= end);
  // Whatever a model writes, an SSML voice gets one well-formed element.
  auto ssml = pronouncer{sayings, language, voice_markup::ssml}(said);
  xml::element root;
  auto wrong = xml::read("<speak>" + ssml + "</speak>", root);
  expect(wrong.empty() || wrong == "elements are nested too deep");
  for (auto markup : {voice_markup::none, voice_markup::breaks})
    expect(is_utf8(pronouncer{sayings, language, markup}(said)));
  return 0;
}

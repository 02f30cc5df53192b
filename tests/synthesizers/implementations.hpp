#pragma once

#include "protocol/pronouncer.hpp"
#include "tests/synthesizers/voice_test.hpp"

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace velox::test {

/// One way to speak, and the fake of its vendor.
struct implementation {
  std::string name;
  bool socket = false; ///< a WebSocket for the session
  bool streams = true; ///< audio comes before all of it is made
  size_t limit = 0;    ///< the vendor's, of one text in characters; 0: none
  std::string language = "en-US";
  voice_markup markup = voice_markup::none; ///< what the vendor takes
  std::function<std::unique_ptr<fake_voice>()> fake;
  std::function<synthesizer_factory(net::vendor, speech::voice_options)> make;
  /// What the caller hears when the fake says `text`.
  std::function<std::vector<uint8_t>(std::string_view)> audio_of
    = fake_voice::audio_of;
};

const std::vector<implementation>& implementations();

/// How GoogleTest names it when a test fails.
inline void PrintTo(const implementation& x, std::ostream* out) {
  *out << x.name;
}

} // namespace velox::test

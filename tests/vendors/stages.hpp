#pragma once

#include "adapters/language/models/models.hpp"
#include "adapters/speech/recognizers/recognizers.hpp"
#include "adapters/speech/synthesizers/synthesizers.hpp"
#include "tests/support/vendors/fake_model.hpp"
#include "tests/support/vendors/fake_voice.hpp"
#include "tests/support/vendors/stt_fake.hpp"
#include "tests/vendors/call_rig.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace velox::test {

/// A stage's provider `name`, with a gateway of its own of this name.
inline void
use(call_rig& rig, const std::string& name, recognizer_factory make) {
  rig.providers.recognizers.push_back({name, name, std::move(make)});
}

inline void
use(call_rig& rig, const std::string& name, synthesizer_factory make) {
  rig.providers.voices.push_back({name, name, std::move(make)});
}

inline void
use(call_rig& rig, const std::string& name, language_model_factory make) {
  rig.providers.models.push_back({name, name, std::move(make)});
}

inline language::model_options model_named(std::string model) {
  language::model_options x;
  x.model = std::move(model);
  return x;
}

/// What the caller hears when a fake voice says these, one after the other.
inline std::vector<uint8_t>
sound_of(std::initializer_list<std::string_view> sentences) {
  std::vector<uint8_t> result;
  for (auto x : sentences) {
    auto audio = fake_voice::audio_of(x);
    result.insert(result.end(), audio.begin(), audio.end());
  }
  return result;
}

/// The stored message of `role` in `turn`; empty when there is none.
inline message_record message_of(call_rig& rig, const test_call& x,
                                 uint64_t turn, std::string_view role) {
  for (auto& y : rig.messages(x))
    if (y.turn == turn && y.role == role)
      return y;
  return {};
}

/// Ends the test's last call: nothing is left of it anywhere. To be called when
/// all calls were hung up.
inline void
expect_nothing_left(call_rig& rig, std::initializer_list<fake_vendor*> fakes) {
  EXPECT_TRUE(rig.wait_until_quiet());
  EXPECT_TRUE(rig.stop_outside());
  for (auto* x : fakes)
    EXPECT_TRUE(x->wait_until_idle()) << x->url();
}

} // namespace velox::test

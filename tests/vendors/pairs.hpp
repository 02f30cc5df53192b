#pragma once

#include "tests/support/vendors/fake_deepgram.hpp"
#include "tests/support/vendors/fake_elevenlabs.hpp"
#include "tests/support/vendors/fake_openai.hpp"
#include "tests/vendors/stages.hpp"

#include <array>
#include <memory>
#include <string>

namespace velox::test {

/// So many vendors for each stage, named "ear-a", "model-b" and so on, in the
/// order of preference, and an engine that uses them. Voices are asked by
/// requests, so that each sentence can fail by itself.
template <std::size_t Count>
class vendor_house {
public:
  explicit vendor_house(std::size_t shards = 1) : rig(shards) {
    for (std::size_t i = 0; i < Count; ++i)
      models[i] = std::make_unique<fake_model>(openai_wire());
    for (std::size_t i = 0; i < Count; ++i) {
      std::string end{'-', static_cast<char>('a' + i)};
      use(rig, "ear" + end,
          speech::deepgram_recognizer(rig.vendor(ears[i].vendor().url())));
      auto model = model_named("gpt");
      model.idle_timeout = net::milliseconds{700};
      use(rig, "model" + end,
          language::openai_model(rig.vendor(models[i]->server().url()), model));
      speech::voice_options voice;
      voice.transport = speech::voice_transport::http;
      voice.first_audio = net::milliseconds{1'000};
      voice.stall = net::milliseconds{700};
      use(
        rig, "voice" + end,
        speech::elevenlabs_voice(rig.vendor(voices[i].server().url()), voice));
    }
  }

  /// The fake of a stage by its place; stages are "ear", "model", "voice".
  fake_vendor& server(const std::string& stage, std::size_t place) {
    return stage == "ear"     ? ears[place].vendor()
           : stage == "model" ? models[place]->server()
                              : voices[place].server();
  }

  /// After the last call: nothing is left of any.
  void expect_nothing_left() {
    test::expect_nothing_left(rig, {});
    for (auto stage : {"ear", "model", "voice"})
      for (std::size_t i = 0; i < Count; ++i)
        EXPECT_TRUE(server(stage, i).wait_until_idle()) << stage << i;
  }

  std::array<fake_deepgram, Count> ears;
  std::array<std::unique_ptr<fake_model>, Count> models;
  std::array<fake_elevenlabs, Count> voices;
  call_rig rig; // the last member: it uses the others
};

} // namespace velox::test

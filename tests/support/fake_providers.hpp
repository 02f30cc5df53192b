#pragma once

#include "protocol/ports.hpp"
#include "tests/support/actor_test.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace velox::test {

/// What a fake provider does with one request.
enum class fault : uint8_t {
  none,   ///< what it should
  fail,   ///< it reports `provider_failed`
  throws, ///< it throws, as a bug would
  drop,   ///< nothing at all comes of it
};

/// What the fake model answers.
struct scripted_answer {
  std::string text{};
  next_step then = next_step::listen;
  std::string transfer_to{};
  std::string memory{};
  std::string press{};            ///< keys, behind the answer
  std::vector<tool_call> tools{}; ///< wanted behind `text`, before the rest
  std::string after_tools{};      ///< said when their results are there
};

/// Recogniser, synthesiser and language model without a vendor, in virtual
/// time and on spelled audio (spelled_audio.hpp): the recogniser understands
/// what the audio spells, the synthesiser spells its sentences, the model
/// answers as `answer` says. One object stands behind all sessions of a test:
/// set how long things take and what fails, and look at what was asked.
class fake_providers : public std::enable_shared_from_this<fake_providers> {
public:
  static std::shared_ptr<fake_providers> make(virtual_world& world);

  recognizer_factory recognizers();
  synthesizer_factory synthesizers();
  language_model_factory models();

  // -- how they behave
  // --------------------------------------------------------

  /// From the end of the caller's voice to the words.
  caf::timespan recognition{milliseconds{200}};
  /// From a sentence to its first audio, and from piece to piece.
  caf::timespan synthesis{milliseconds{100}};
  caf::timespan between_pieces{milliseconds{20}};
  size_t piece_bytes = 3200;
  /// From a prompt to the first token, and from token to token.
  caf::timespan thinking{milliseconds{300}};
  caf::timespan between_tokens{milliseconds{20}};
  /// Audio that was on its way still arrives after `cancel`.
  bool late_audio = false;

  /// Asked before each request is carried out: stage ("stt", "tts", "llm") and
  /// request ("make", "hear", "began", "ended", "say", "answer", "cancel").
  std::function<fault(std::string_view stage, std::string_view request)>
    on_request;

  /// The model. By default: a greeting, then "You said X."; it hangs up on
  /// "goodbye" and transfers on "operator". What of the text the prompt has
  /// as `said_so_far` is left out of the answer by the fake itself.
  std::function<scripted_answer(const prompt&)> answer;

  // -- what happened
  // ----------------------------------------------------------

  /// How many sessions were made of each kind.
  size_t recognizers_made = 0;
  size_t synthesizers_made = 0;
  size_t models_made = 0;
  std::vector<prompt> prompts;
  std::vector<sentence> said;
  std::vector<recognizer_options> listened;  ///< one per session
  std::vector<synthesizer_options> spoke_as; ///< one per session
  std::vector<tool_results> tool_results_used;
  std::vector<std::string> understood; ///< all final words
  std::vector<uint64_t> cancelled;     ///< by the synthesiser

  virtual_world& world;

  /// Does `what` after `span`, at once when that is 0, unless the session that
  /// `alive` belongs to has ended.
  void later(caf::timespan span, const std::weak_ptr<void>& alive,
             std::function<void()> what);

  /// Carries out what `on_request` orders: throws, or returns true when the
  /// request is to be forgotten. `failed` reports the failure.
  bool spoilt(std::string_view stage, std::string_view request,
              const std::function<void(provider_failed)>& failed);

private:
  explicit fake_providers(virtual_world& world) : world(world) {}
};

using fake_providers_ptr = std::shared_ptr<fake_providers>;

} // namespace velox::test

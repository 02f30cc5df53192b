#pragma once

#include "tests/integration/engine_fixture.hpp"
#include "tests/integration/phone_vendors.hpp"
#include "tests/support/vendors/fake_openai.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace velox::test {

/// What the phone said and heard, as `velox call --save` wrote it.
struct recording {
  std::vector<int16_t> caller;
  std::vector<int16_t> agent;
};

recording read_recording(const std::filesystem::path& file);

/// Whether `mulaw` is somewhere in `heard`, without a gap.
bool contains_audio(const std::vector<int16_t>& heard, std::string_view mulaw);

/// The real program, told by its environment to work with fakes of Deepgram,
/// which listens and speaks, and OpenAI.
class vendor_calls : public engine_test {
protected:
  static constexpr auto deepgram_key = "dg-0f3b5a7719c2e44d";
  static constexpr auto openai_key = "sk-proj-77aa10be93f2";
  static constexpr auto greeting
    = "Hello, this is Clara at Riverside Clinic. How can I help you?";

  ~vendor_calls() override;

  /// Brings the fakes up and points `environment` at them.
  void start_vendors(bool tls = true);

  /// `start` with the fakes' authority and `more` settings of `providers`, such
  /// as "  models: [openai]\n".
  void start_engine(const std::string& more = "");

  /// Holds a call and lets the test act on what happens meanwhile.
  phone_report call_and(std::vector<std::string> args,
                        const std::function<void(const report_line&)>& on_line);

  std::string log() const;
  /// Waits, at most 5 s, until the engine has logged this.
  bool wait_for_log(const std::string& words) const;
  /// Insists that the log names no key, no phone number, and none of `words`.
  void expect_discreet_log(std::vector<std::string> words) const;

  /// Who gave the answers of all calls: "model|read|written", one a line.
  std::string answered_by() const;

  std::unique_ptr<key_ring> openai_keys;
  std::unique_ptr<phone_ears> ears;
  std::unique_ptr<phone_voice> voice;
  std::unique_ptr<fake_model> openai;

private:
  std::string settings_;
};

/// An answer in pieces.
fake_answer
saying(std::vector<std::string> pieces, fake_end end = fake_end::normal);

} // namespace velox::test

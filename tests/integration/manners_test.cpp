#include "adapters/speech/wav.hpp"
#include "tests/integration/engine_fixture.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <iterator>

/// How agents behave beside taking turns, through the real program: what the
/// agent file says of it is what callers hear. Real time, so few.

namespace velox::test {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class MannersOfTheEngine : public engine_test {
protected:
  /// Serves a small agent; `more` are further sections of its file.
  void serve(const std::string& more) {
    auto file = dir / "agent.yaml";
    std::ofstream{file} << "name: Clara\n"
                           "company: Riverside Clinic\n"
                           "phone_number: \"+15550100\"\n"
                           "greeting: Hello. Press one, or say hours.\n"
                           "intents:\n"
                           "  - name: hours\n"
                           "    key: \"1\"\n"
                           "    phrases: [what are your hours, hours please]\n"
                           "    answers: We are open all day.\n"
                           "    then: hang_up\n"
                        << more;
    start("agents:\n  files: [\"" + file.string() + "\"]\n");
  }

  /// A sound file of a caller who says nothing.
  std::string silence(size_t seconds) const {
    auto file = (dir / "silence.wav").string();
    std::vector<int16_t> nothing(8000 * seconds, 0);
    speech::write_wav(file, nothing, nothing);
    return file;
  }

  std::string bytes_of(const std::filesystem::path& file) const {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

TEST_F(MannersOfTheEngine, AKeyChoosesFromTheMenu) {
  serve("");
  auto phone = call({"--to", "+15550100", "--dtmf", "1", "--duration", "20"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_THAT(phone.said_by("agent"), HasSubstr("open all day"));
  EXPECT_EQ(phone.of("engine-ended").at(0).at("reason"), "agent-hung-up");
  expect_nothing_left();
}

TEST_F(MannersOfTheEngine, RecordsWhatItAnnounces) {
  serve("recording: {consent: announced, notice: This call is recorded.}\n");
  auto phone = call(
    {"--to", "+15550100", "--say", "what are your hours", "--duration", "30"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_THAT(phone.said_by("agent"),
              AllOf(HasSubstr("This call is recorded."), HasSubstr("all day")));
  auto id = phone.of("call-started").at(0).at("call_id");
  auto wav = dir / "heard-again.wav";
  auto saved = ctl({"recording", id, "--output", wav.string()});
  ASSERT_EQ(saved.exit_code, 0) << saved.out;
  auto duration = std::stol(query("SELECT duration_ms FROM recordings"));
  auto lasted
    = std::stol(query("SELECT ended_at - started_at FROM conversations"));
  EXPECT_NEAR(static_cast<double>(duration), static_cast<double>(lasted), 150);
  auto header = bytes_of(wav).substr(0, 44);
  EXPECT_EQ(header.substr(0, 4), "RIFF");
  EXPECT_EQ(header[22], 2) << "both sides";
  // Two bytes, one of each side, for each of 8000 samples a second.
  EXPECT_NEAR(static_cast<double>(std::filesystem::file_size(wav)),
              static_cast<double>(duration) * 16, 16 * 20 + 100);
  for (auto& file : std::filesystem::directory_iterator(dir / "recordings"))
    EXPECT_THAT(bytes_of(file.path()), Not(HasSubstr("RIFF")))
      << "what lies on the disk is encrypted";
  expect_nothing_left();
}

TEST_F(MannersOfTheEngine, LeavesAMessageOnAMachine) {
  serve("voicemail: {then: leave_message, message: Please call us back.}\n");
  auto phone
    = call({"--outbound", "--to", "+15550100", "--answered-by",
            "machine_end_beep", "--wav", silence(15), "--duration", "30"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_THAT(phone.said_by("agent"), HasSubstr("Please call us back."));
  EXPECT_EQ(query("SELECT ended_because FROM conversations"),
            "answering-machine\n");
  expect_nothing_left();
}

TEST_F(MannersOfTheEngine, LetsWhomItCallsSpeakFirst) {
  serve("");
  auto phone = call({"--outbound", "--to", "+15550100", "--say", "hello",
                     "--answered-by", "human", "--duration", "12"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_THAT(phone.said_by("agent"), HasSubstr("Press one, or say hours."));
  expect_nothing_left();
}

TEST_F(MannersOfTheEngine, AsksAnIdleCallerAndSaysGoodbye) {
  serve("talk: {idle_after: 2s, idle_prompts: 1}\n"
        "says: {still_there: [\"Anybody there?\"], idle_farewell: Goodbye "
        "then.}\n");
  auto phone
    = call({"--to", "+15550100", "--wav", silence(25), "--duration", "40"});
  EXPECT_THAT(phone.said_by("agent"),
              AllOf(HasSubstr("Anybody there?"), HasSubstr("Goodbye then.")));
  EXPECT_EQ(query("SELECT ended_because FROM conversations"), "caller-idle\n");
  expect_nothing_left();
}

} // namespace

} // namespace velox::test

#include "tests/integration/vendor_calls.hpp"

#include "protocol/g711.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/vendors/vendor_certificates.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>
#include <thread>

namespace velox::test {

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr size_t wav_header = 44;

} // namespace

recording read_recording(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream bytes;
  bytes << in.rdbuf();
  auto data = bytes.str();
  recording result;
  for (auto i = wav_header; i + 4 <= data.size(); i += 4) {
    int16_t both[2];
    std::memcpy(both, data.data() + i, sizeof(both));
    result.caller.push_back(both[0]);
    result.agent.push_back(both[1]);
  }
  return result;
}

bool contains_audio(const std::vector<int16_t>& heard, std::string_view mulaw) {
  std::vector<int16_t> wanted;
  for (char c : mulaw)
    wanted.push_back(mulaw_to_linear(static_cast<uint8_t>(c)));
  return !wanted.empty()
         && std::search(heard.begin(), heard.end(), wanted.begin(),
                        wanted.end())
              != heard.end();
}

fake_answer saying(std::vector<std::string> pieces, fake_end end) {
  fake_answer result;
  result.text = std::move(pieces);
  result.end = end;
  return result;
}

vendor_calls::~vendor_calls() {
  engine.reset(); // before those whom it talks to
}

void vendor_calls::start_vendors(bool tls) {
  std::set<std::string> deepgram{deepgram_key};
  openai_keys = std::make_unique<key_ring>(std::set<std::string>{openai_key});
  ears = std::make_unique<phone_ears>(deepgram, tls);
  voice = std::make_unique<phone_voice>(deepgram, tls);
  openai
    = std::make_unique<fake_model>(with_keys(openai_wire(), *openai_keys), tls);
  environment["DEEPGRAM_API_KEY"] = deepgram_key;
  environment["DEEPGRAM_URL"] = ears->server().socket_url();
  environment["DEEPGRAM_SPEAK_URL"] = voice->server().url();
  environment["OPENAI_API_KEY"] = openai_key;
  environment["OPENAI_BASE_URL"] = openai->server().url() + "/v1";
  settings_ = "providers:\n";
  if (tls)
    settings_ += "  ca_file: " + vendor_ca_file() + "\n";
}

void vendor_calls::start_engine(const std::string& more) {
  // An empty map would be no map.
  start(settings_ + "  medium_from: 15\n" + more);
}

phone_report
vendor_calls::call_and(std::vector<std::string> args,
                       const std::function<void(const report_line&)>& on_line) {
  args.insert(args.begin(), {"call", "--json"});
  child_process phone{tool(std::move(args))};
  std::string output;
  while (auto line = phone.line(30s)) {
    output += *line + "\n";
    on_line(parse_report(0, *line + "\n").lines.at(0));
  }
  return parse_report(phone.wait(5s).value_or(-1), output);
}

std::string vendor_calls::log() const {
  std::ostringstream text;
  text << std::ifstream{dir / "engine.log"}.rdbuf();
  return text.str();
}

bool vendor_calls::wait_for_log(const std::string& words) const {
  return eventually([&] { return log().find(words) != std::string::npos; });
}

void vendor_calls::expect_discreet_log(std::vector<std::string> words) const {
  auto text = log();
  EXPECT_THAT(text, HasSubstr("An agent is ready."));
  words.insert(words.end(), {deepgram_key, openai_key, "+1555", "15550199"});
  for (auto& word : words)
    EXPECT_THAT(text, Not(HasSubstr(word)));
}

std::string vendor_calls::answered_by() const {
  return query("SELECT model, prompt_tokens, completion_tokens FROM messages "
               "WHERE model <> '' ORDER BY turn");
}

} // namespace velox::test

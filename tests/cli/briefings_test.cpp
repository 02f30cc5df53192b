#include "adapters/cli/serve/briefings.hpp"

#include "adapters/language/scripted/example_agent.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

using namespace velox;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

namespace {

provider_source always(std::string model) {
  return [model](const agent_record&, const agent_briefing&) {
    call_providers result;
    result.models.push_back({model, "", {}});
    return result;
  };
}

agent_record clinic(std::string extra = {}) {
  agent_record result;
  result.script = std::string{language::example_agent_yaml()} + extra;
  return result;
}

} // namespace

TEST(Briefings, TellWhatTheFileSays) {
  cli::briefings briefs{always("openai:gpt-4o-mini")};
  auto x = briefs.get(clinic("models: [openai]\nvoices: [flite]\n"));
  EXPECT_THAT(x.instructions, HasSubstr("Riverside Clinic"));
  EXPECT_EQ(x.transfer_number, "+15550101");
  EXPECT_EQ(x.models, std::vector<std::string>{"openai"});
  EXPECT_EQ(x.voices, std::vector<std::string>{"flite"});
  EXPECT_FALSE(x.phrases.empty());
  EXPECT_THAT(x.lines.trouble, HasSubstr("something went wrong on our side"));
}

TEST(Briefings, GreetingIsALineUnlessTheScriptBegins) {
  auto greeting = "Hello, this is Clara at Riverside Clinic. How can I help "
                  "you?";
  cli::briefings vendors{always("gemini:gemini-2.5-pro")};
  EXPECT_EQ(vendors.get(clinic()).lines.greeting, greeting);
  EXPECT_THAT(cli::repeated_phrases(vendors.get(clinic())), Contains(greeting));
  cli::briefings scripted{always("scripted")};
  EXPECT_EQ(scripted.get(clinic()).lines.greeting, "");
  EXPECT_THAT(cli::repeated_phrases(scripted.get(clinic())),
              Not(Contains(std::string{})));
  EXPECT_EQ(cli::briefings{}.get(clinic()).lines.greeting, "");
}

TEST(Briefings, FileThatIsNoneLeavesTheDefaults) {
  cli::briefings briefs{always("scripted")};
  agent_record broken;
  broken.script = "a: b: c";
  EXPECT_EQ(briefs.get(broken).lines.closing, agent_lines{}.closing);
  EXPECT_EQ(briefs.get(broken).instructions, "");
}

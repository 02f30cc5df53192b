#include "adapters/language/scripted/scripted_model.hpp"

#include "adapters/language/scripted/example_agent.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <thread>

using namespace velox;
using namespace velox::language;
using namespace std::chrono;
using testing::HasSubstr;

namespace {

moment test_time() {
  return {2026y / November / 21, hours{9} + minutes{30}};
}

/// What came for a turn.
struct heard {
  std::vector<std::string> pieces;
  std::vector<answer_done> done;
  std::string text() const {
    std::string out;
    for (auto& piece : pieces)
      out += piece;
    return out;
  }
};

class ScriptedModel : public testing::Test {
protected:
  ScriptedModel() {
    options_.call_id = "CA1";
    options_.agent.script = std::string{example_agent_yaml()};
  }

  std::unique_ptr<language_model> model() {
    return factory_(options_, caf::actor_cast<answer_client_actor>(self_));
  }

  /// All that has arrived.
  heard receive() {
    heard out;
    auto more = true;
    while (more)
      self_->receive([&](const tokens& x) { out.pieces.push_back(x.text); },
                     [&](const answer_done& x) { out.done.push_back(x); },
                     caf::after(0s) >> [&] { more = false; });
    return out;
  }

  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  caf::scoped_actor self_{system_};
  language_model_factory factory_ = scripted_model(test_time);
  language_model_options options_;
};

} // namespace

TEST_F(ScriptedModel, GreetsInWordSizedPiecesAndThenIsDone) {
  auto session = model();
  prompt x;
  x.turn = 3;
  session->answer(x);
  auto got = receive();
  EXPECT_EQ(got.text(),
            "Hello, this is Clara at Riverside Clinic. How can I help you?");
  EXPECT_EQ(got.pieces.size(), 12u);
  ASSERT_EQ(got.done.size(), 1u);
  EXPECT_EQ(got.done[0].turn, 3u);
  EXPECT_EQ(got.done[0].then, next_step::listen);
  EXPECT_FALSE(got.done[0].memory.empty());
}

TEST_F(ScriptedModel, GoesOnBehindEveryCut) {
  auto session = model();
  prompt x;
  x.turn = 1;
  x.history = {{"assistant", "Hello."}, {"user", "what are your hours"}};
  session->answer(x);
  auto whole = receive();
  auto text = whole.text();
  ASSERT_GT(text.size(), 40u);
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    auto successor = model();
    x.said_so_far = text.substr(0, cut);
    successor->answer(x);
    auto rest = receive();
    auto all = x.said_so_far + rest.text();
    EXPECT_EQ(all, text) << cut;
    ASSERT_EQ(rest.done.size(), 1u);
    EXPECT_EQ(rest.done[0].memory, whole.done[0].memory);
  }
}

TEST_F(ScriptedModel, TellsWhatFollows) {
  auto session = model();
  prompt x;
  x.turn = 1;
  x.history = {{"user", "can i talk to a person"}};
  session->answer(x);
  auto done = receive().done;
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].then, next_step::transfer);
  EXPECT_EQ(done[0].transfer_to, "+15550101");
}

TEST_F(ScriptedModel, IsSilentForCancelledTurns) {
  auto session = model();
  session->cancel(5);
  prompt x;
  x.turn = 5;
  session->answer(x);
  auto got = receive();
  EXPECT_TRUE(got.pieces.empty());
  EXPECT_TRUE(got.done.empty());
  session->cancel(2); // older: changes nothing
  x.turn = 6;
  session->answer(x);
  EXPECT_EQ(receive().done.size(), 1u);
}

TEST_F(ScriptedModel, RefusesABrokenScriptWithItsErrors) {
  options_.agent.script = "name: Clara\n";
  try {
    model();
    FAIL() << "no error";
  } catch (const std::invalid_argument& e) {
    EXPECT_THAT(e.what(), HasSubstr("'greeting' is missing"));
    EXPECT_THAT(e.what(), HasSubstr("'phone_number' is missing"));
  }
}

TEST_F(ScriptedModel, IsMadeOnManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([this] {
      for (int n = 0; n < 50; ++n) {
        auto session = model();
        prompt x;
        x.turn = 1;
        session->answer(x);
      }
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(receive().done.size(), 200u);
}

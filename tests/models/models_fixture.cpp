#include "tests/models/models_fixture.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/vendors/fake_anthropic.hpp"
#include "tests/support/vendors/fake_gemini.hpp"
#include "tests/support/vendors/fake_ollama.hpp"
#include "tests/support/vendors/fake_openai.hpp"

#include <ostream>
#include <thread>

namespace velox::test {

std::ostream& operator<<(std::ostream& out, const implementation& x) {
  return out << x.name;
}

const std::vector<implementation>& implementations() {
  static const std::vector<implementation> all{
    {"openai", openai_wire, language::openai_model},
    {"gemini", gemini_wire, language::gemini_model},
    {"anthropic", anthropic_wire, language::anthropic_model},
    {"ollama", ollama_wire, language::ollama_model},
  };
  return all;
}

ModelTest::ModelTest(const implementation& which)
  : which_(which), fake_(which.wire()) {
  options_.model = "fake-1";
  call_.call_id = "CA1";
  call_.instructions = "Be brief.";
  call_.tools = {
    {"get_hours", "Opening hours",
     R"({"type":"object","properties":{"day":{"type":"string"}}})"},
    {"get_price", "Prices"},
  };
}

std::unique_ptr<language_model> ModelTest::session() {
  return session(net_->vendor(fake_.server().url()));
}

std::unique_ptr<language_model> ModelTest::session(net::vendor vendor) {
  return which_.factory(std::move(vendor), options_)(call_, client_.handle());
}

prompt ModelTest::ask(uint64_t turn, uint32_t attempt) {
  prompt x;
  x.turn = turn;
  x.attempt = attempt;
  x.history
    = {{"assistant", "Hello, this is Acme."}, {"user", "when are you open"}};
  return x;
}

bool ModelTest::wait_requests(int count) {
  return eventually([&] { return fake_.server().requests() >= count; });
}

bool ModelTest::nothing_open() {
  net_->out()->stop();
  return fake_.server().wait_until_idle();
}

} // namespace velox::test

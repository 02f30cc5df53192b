#include "tests/integration/engine_fixture.hpp"

#include "adapters/cli/http_client.hpp"
#include "protocol/json.hpp"
#include "tests/support/eventually.hpp"

#include <rapidjson/document.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sqlite3.h>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace velox::test {

namespace {

const std::string program = VELOX_BINARY_DIR "/velox";

std::string as_text(const rapidjson::Value& x) {
  if (x.IsString())
    return {x.GetString(), x.GetStringLength()};
  if (x.IsBool())
    return x.GetBool() ? "true" : "false";
  if (x.IsInt64())
    return std::to_string(x.GetInt64());
  if (x.IsNumber())
    return std::to_string(x.GetDouble());
  return "";
}

} // namespace

std::vector<report_line> phone_report::of(const std::string& event) const {
  std::vector<report_line> result;
  for (auto& line : lines)
    if (line.at("event") == event)
      result.push_back(line);
  return result;
}

std::string phone_report::said_by(const std::string& who) const {
  std::string result;
  for (auto& line : of("transcript"))
    if (line.at("who") == who)
      result += line.at("text") + "\n";
  return result;
}

phone_report parse_report(int exit_code, const std::string& json_lines) {
  phone_report result;
  result.exit_code = exit_code;
  std::istringstream in{json_lines};
  for (std::string text; std::getline(in, text);) {
    rapidjson::Document json;
    if (read_json(text, json) != json_error::none || !json.IsObject()) {
      ADD_FAILURE() << "not a JSON line: " << text;
      continue;
    }
    report_line line;
    for (auto& member : json.GetObject())
      line[member.name.GetString()] = as_text(member.value);
    result.lines.push_back(std::move(line));
  }
  return result;
}

engine_test::engine_test() {
  auto pattern = std::filesystem::temp_directory_path() / "velox-test-XXXXXX";
  auto text = pattern.string();
  dir = ::mkdtemp(text.data());
}

engine_test::~engine_test() {
  engine.reset();
  if (HasFailure()) {
    std::ifstream log{dir / "engine.log"};
    std::cerr << "The engine's log:\n" << log.rdbuf() << '\n';
  }
  std::filesystem::remove_all(dir);
}

void engine_test::start(const std::string& config) {
  std::vector<std::string> argv{program,      "serve",  "--data-dir",
                                dir.string(), "--port", "0"};
  if (!config.empty()) {
    std::ofstream{dir / "velox.yaml"} << config;
    argv.insert(argv.end(), {"--config", (dir / "velox.yaml").string()});
  }
  engine = std::make_unique<child_process>(isolated(std::move(argv)),
                                           (dir / "engine.log").string());
  auto line = engine->line(std::chrono::seconds{30});
  ASSERT_TRUE(line) << "the engine did not start";
  auto port = line->substr(line->rfind(':') + 1);
  url = "http://127.0.0.1:" + port;
}

std::vector<std::string>
engine_test::isolated(std::vector<std::string> argv) const {
  std::vector<std::string> result{"/usr/bin/env", "-i"};
  for (auto name :
       {"PATH", "HOME", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "ASAN_OPTIONS",
        "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"})
    if (auto value = std::getenv(name))
      result.push_back(name + std::string{'='} + value);
  for (auto& [name, value] : environment)
    result.push_back(name + '=' + value);
  result.insert(result.end(), argv.begin(), argv.end());
  return result;
}

std::vector<std::string>
engine_test::tool(std::vector<std::string> args) const {
  std::vector<std::string> result{program};
  result.insert(result.end(), args.begin(), args.end());
  result.insert(result.end(), {"--data-dir", dir.string(), "--engine", url});
  return result;
}

phone_report engine_test::call(std::vector<std::string> args) const {
  args.insert(args.begin(), {"call", "--json"});
  auto done = run(tool(std::move(args)), std::chrono::seconds{180});
  return parse_report(done.exit_code, done.out);
}

finished engine_test::ctl(std::vector<std::string> args) const {
  args.insert(args.begin(), "ctl");
  return run(tool(std::move(args)), std::chrono::seconds{20});
}

std::string engine_test::get(const std::string& path) const {
  cli::http_request request;
  request.url = url + path;
  return cli::fetch(request).body;
}

std::string engine_test::query(const std::string& sql) const {
  sqlite3* db = nullptr;
  auto file = (dir / "velox.db").string();
  EXPECT_EQ(sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
  sqlite3_busy_timeout(db, 2000);
  std::string result;
  auto add_row = [](void* to, int columns, char** values, char**) {
    auto& text = *static_cast<std::string*>(to);
    for (int i = 0; i < columns; ++i)
      text += (i > 0 ? "|" : "") + std::string{values[i] ? values[i] : ""};
    text += '\n';
    return 0;
  };
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), add_row, &result, &error), SQLITE_OK)
    << error;
  sqlite3_free(error);
  sqlite3_close(db);
  return result;
}

void engine_test::expect_nothing_left() const {
  // The last message of a call and the end of its socket are not one moment.
  auto gone = [this] {
    auto text = get("/metrics");
    return text.find("velox_media_sessions_live 0\n") != std::string::npos
           && text.find("velox_media_sockets_live 0\n") != std::string::npos
           && ctl({"calls", "--json"}).out.find("\"call_id\"")
                == std::string::npos;
  };
  EXPECT_TRUE(eventually(gone)) << get("/metrics");
}

} // namespace velox::test

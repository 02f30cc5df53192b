#include "adapters/console/recordings.hpp"
#include "protocol/json.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/memory_store.hpp"

#include <rapidjson/document.h>

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::console;
using testing::HasSubstr;

namespace {

/// The routes over a store that has two recordings of one call.
class RecordingsApi : public test::actor_test {
protected:
  RecordingsApi() {
    db = test::make_memory_database({});
    conversation_record call;
    call.call_id = "CA1";
    call.org_id = "acme";
    db->conversations.emplace("CA1", call);
    call.call_id = "CA2"; // was not recorded
    db->conversations.emplace("CA2", call);
    for (auto file : {"new.velrec", "old.velrec"}) {
      recording_record x;
      x.call_id = "CA1";
      x.org_id = "acme";
      x.file = file;
      x.duration_ms = 61'000;
      x.created_at = file[0] == 'n' ? 2000 : 1000;
      db->recordings.emplace(file, x);
    }
    auto source = [this](const recording_record& what, uint64_t from,
                         uint64_t count, auto done) {
      if (!trouble.empty())
        return done({0, "", trouble});
      auto whole = what.file + ":" + sound;
      done({whole.size(), from < whole.size() ? whole.substr(from, count) : "",
            ""});
    };
    add_recordings(routes, sys, keep(test::spawn_memory_store(sys, db)), source,
                   "acme", "the-key");
  }

  http::response
  get(const std::string& path, std::map<std::string, std::string> query = {},
      const std::string& range = {}, const std::string& key = "the-key") {
    auto match = routes.find("GET", path);
    EXPECT_TRUE(match.found) << path;
    http::request x;
    x.method = "GET";
    x.path = path;
    x.query = std::move(query);
    x.params = match.params;
    x.headers.add("Authorization", "Bearer " + key);
    if (!range.empty())
      x.headers.add("Range", range);
    http::response result;
    result.status = 0;
    match.found->handle(
      x, http::responder{[&](http::response y) { result = std::move(y); }});
    settle();
    return result;
  }

  test::memory_database_ptr db;
  http::router routes;
  std::string sound = "the sound";
  std::string trouble;
};

} // namespace

TEST_F(RecordingsApi, ListsThoseOfOneOrganisation) {
  auto x = get("/api/v1/recordings");
  EXPECT_EQ(x.status, 200u);
  rapidjson::Document json;
  ASSERT_EQ(read_json(x.body, json), json_error::none);
  auto& list = json["recordings"];
  ASSERT_EQ(list.Size(), 2u);
  EXPECT_EQ(json_text(list[0], "file"), "new.velrec");
  EXPECT_EQ(json_integer(list[0], "duration_ms"), 61'000);
  EXPECT_EQ(get("/api/recordings", {{"org_id", "rival"}}).body,
            R"({"recordings":[]})");
}

TEST_F(RecordingsApi, GivesTheNewestOfACall) {
  auto x = get("/api/v1/recordings/CA1");
  EXPECT_EQ(x.status, 200u);
  EXPECT_EQ(x.content_type, "audio/wav");
  EXPECT_EQ(x.body, "new.velrec:the sound");
  EXPECT_EQ(get("/api/v1/recordings/CA1", {{"file", "old.velrec"}}).body,
            "old.velrec:the sound");
}

TEST_F(RecordingsApi, GivesAPart) {
  auto x = get("/api/v1/recordings/CA1", {}, "bytes=4-9");
  EXPECT_EQ(x.status, 206u);
  EXPECT_EQ(x.body, "velrec");
  EXPECT_EQ(x.headers.get("Content-Range"), "bytes 4-9/20");
  x = get("/api/v1/recordings/CA1", {}, "bytes=11-1000");
  EXPECT_EQ(x.body, "the sound");
  EXPECT_EQ(x.headers.get("Content-Range"), "bytes 11-19/20");
  x = get("/api/v1/recordings/CA1", {}, "bytes=20-");
  EXPECT_EQ(x.status, 416u);
  EXPECT_EQ(x.headers.get("Content-Range"), "bytes */20");
  // What it does not understand it may ignore.
  EXPECT_EQ(get("/api/v1/recordings/CA1", {}, "bytes=-5").status, 200u);
}

TEST_F(RecordingsApi, SaysWhatIsNotThere) {
  EXPECT_EQ(get("/api/v1/recordings/CA404").status, 404u);
  auto x = get("/api/v1/recordings/CA2");
  EXPECT_EQ(x.status, 404u);
  EXPECT_THAT(x.body, HasSubstr("no_recording"));
  EXPECT_EQ(get("/api/v1/recordings/CA1", {{"file", "x"}}).status, 404u);
  trouble = "recording new.velrec: a part of it was changed";
  x = get("/api/v1/recordings/CA1");
  EXPECT_EQ(x.status, 500u);
  EXPECT_THAT(x.body, HasSubstr("a part of it was changed"));
  EXPECT_THAT(x.body, testing::Not(HasSubstr("the sound")));
  db->fault = test::store_is_down;
  EXPECT_EQ(get("/api/v1/recordings/CA1").status, 503u);
  EXPECT_EQ(get("/api/v1/recordings").status, 503u);
}

TEST_F(RecordingsApi, IsForTheAdminKeyOnly) {
  for (auto key : {"", "wrong", "the-key2"})
    for (auto path : {"/api/v1/recordings", "/api/v1/recordings/CA1",
                      "/api/recordings", "/api/recordings/CA1"})
      EXPECT_EQ(get(path, {}, "", key).status, 401u) << key << ' ' << path;
}

TEST_F(RecordingsApi, RefusesWhatIsTooLongForOneAnswer) {
  sound.assign(65u << 20, 'x');
  EXPECT_EQ(get("/api/v1/recordings/CA1").status, 413u);
  auto x = get("/api/v1/recordings/CA1", {}, "bytes=0-");
  EXPECT_EQ(x.status, 206u);
  EXPECT_EQ(x.body.size(), 64u << 20) << "as much as one answer holds";
}

TEST(ByteRange, IsOneRangeFromTheStart) {
  byte_range x;
  EXPECT_TRUE(parse_range("bytes=0-0", x));
  EXPECT_EQ(x.last, 0u);
  EXPECT_TRUE(parse_range("bytes=7-", x));
  EXPECT_EQ(x.first, 7u);
  EXPECT_EQ(x.last, UINT64_MAX);
  for (auto bad : {"", "bytes", "bytes=", "bytes=-", "bytes=-5", "bytes=5-4",
                   "bytes=1-2,4-5", "bytes=a-b", "bytes= 1-2", "lines=1-2",
                   "bytes=18446744073709551616-", "bytes=+1-2"}) {
    byte_range y{3, 4};
    EXPECT_FALSE(parse_range(bad, y)) << bad;
    EXPECT_EQ(y.first, 3u) << "left alone";
  }
}

#include "adapters/recording/recorder.hpp"

#include "adapters/recording/sound_file.hpp"
#include "adapters/speech/wav.hpp"
#include "protocol/g711.hpp"
#include "tests/recording/folder.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/memory_store.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::recording;
using testing::HasSubstr;

namespace {

constexpr unix_ms began = 1'700'000'000'000;

class Recorder : public test::actor_test {
protected:
  Recorder() {
    agent_record agent;
    agent.id = "desk";
    agent.org_id = "acme";
    db = test::make_memory_database(agent);
    conversation_record call;
    call.call_id = "CA1";
    call.org_id = "acme";
    call.agent_id = "desk";
    db->conversations.emplace("CA1", call);
    parts.directory = folder.path;
    parts.keys = local_keys(key_of(1));
    parts.store = keep(test::spawn_memory_store(sys, db));
    parts.keep = std::chrono::hours{48};
  }

  recorder_actor start() {
    auto result
      = sys.spawn(recorder, parts, recording_options{"CA1", "acme", began});
    settle();
    return result;
  }

  static recorded_audio
  piece(bool agent, int64_t at_ms, int64_t ms, uint8_t value) {
    return {agent, at_ms,
            std::vector<uint8_t>(static_cast<size_t>(8 * ms), value)};
  }

  recording_done close(const recorder_actor& x, int64_t length_ms) {
    auto done = ask<recording_done>(x, caf::close_atom_v, length_ms);
    EXPECT_TRUE(done);
    return done ? *done : recording_done{};
  }

  std::string wav_of(const recording_record& x) {
    sound_file sound{folder.path, x, *parts.keys};
    return sound.read(0, sound.size());
  }

  size_t files() {
    return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator{folder.path}, {}));
  }

  temp_folder folder;
  test::memory_database_ptr db;
  recorder_parts parts;
};

} // namespace

TEST_F(Recorder, WritesAWavFileOfBothSides) {
  auto x = start();
  ASSERT_EQ(db->recordings.size(), 1u) << "known while the call is live";
  EXPECT_EQ(db->recordings.begin()->second.duration_ms, 0);
  tell(x, piece(false, 0, 500, 0x10));
  tell(x, piece(true, 200, 1000, 0x20));
  tell(x, recording_cut{600});
  tell(x, piece(false, 500, 500, 0x11));
  auto done = close(x, 1000);
  EXPECT_EQ(done.duration_ms, 1000);
  x = nullptr;
  settle();
  ASSERT_EQ(db->recordings.size(), 1u);
  auto& row = db->recordings.begin()->second;
  EXPECT_EQ(row.file, done.file);
  EXPECT_EQ(row.duration_ms, 1000);
  EXPECT_EQ(row.created_at, began);
  EXPECT_EQ(row.delete_after, began + 48 * 3'600'000);
  EXPECT_EQ(row.key_id, id_of(key_of(1)));
  EXPECT_EQ(row.size, static_cast<int64_t>(
                        std::filesystem::file_size(folder.path / row.file)));
  auto wav = wav_of(row);
  ASSERT_EQ(wav.size(), wav_head_size + 16000);
  auto at = [&](size_t ms, size_t side) {
    return static_cast<uint8_t>(wav[wav_head_size + 16 * ms + side]);
  };
  EXPECT_EQ(at(0, 0), 0x10);
  EXPECT_EQ(at(700, 0), 0x11);
  EXPECT_EQ(at(100, 1), mulaw_silence);
  EXPECT_EQ(at(300, 1), 0x20);
  EXPECT_EQ(at(599, 1), 0x20);
  EXPECT_EQ(at(600, 1), mulaw_silence);
  // What others read of it.
  auto mono = speech::parse_wav(
    {reinterpret_cast<const uint8_t*>(wav.data()), wav.size()}, "call.wav");
  EXPECT_EQ(mono.size(), 8000u);
}

TEST_F(Recorder, GivesAnyPartOfTheWav) {
  auto x = start();
  for (int i = 0; i < 40; ++i)
    tell(x, piece(false, 100 * i, 100, static_cast<uint8_t>(i)));
  close(x, 4000);
  x = nullptr;
  auto& row = db->recordings.begin()->second;
  auto whole = wav_of(row);
  sound_file sound{folder.path, row, *parts.keys};
  EXPECT_EQ(sound.duration_ms(), 4000);
  EXPECT_TRUE(sound.complete());
  std::string together;
  for (uint64_t at = 0; at < sound.size(); at += 777)
    together += sound.read(at, 777);
  EXPECT_EQ(together, whole);
  EXPECT_EQ(sound.read(sound.size(), 10), "");
  EXPECT_EQ(sound.read(UINT64_MAX, 10), "");
  EXPECT_EQ(whole.substr(0, 58), wav_head(32000));
}

TEST_F(Recorder, EndsTheFileWithTheCallHoweverThatEnds) {
  auto x = start();
  tell(x, piece(false, 0, 700, 0x10));
  caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  x = nullptr;
  settle();
  auto& row = db->recordings.begin()->second;
  EXPECT_EQ(row.duration_ms, 700);
  EXPECT_EQ(wav_of(row).size(), wav_head_size + 700 * 16);
}

TEST_F(Recorder, LeavesAReadableFileWhenItIsKilled) {
  auto x = start();
  for (int i = 0; i < 300; ++i)
    tell(x, piece(false, 100 * i, 100, 0x10));
  caf::anon_send_exit(x, caf::exit_reason::kill);
  x = nullptr;
  settle();
  auto& row = db->recordings.begin()->second;
  EXPECT_EQ(row.duration_ms, 0) << "nobody could say how long it is";
  EXPECT_GE(wav_of(row).size(), wav_head_size + 20'000 * 16);
}

TEST_F(Recorder, SparesTheCallAFullDisk) {
  parts.directory = folder.path / "gone";
  auto x = start();
  tell(x, piece(false, 0, 700, 0x10));
  tell(x, recording_cut{0});
  auto done = close(x, 1000);
  EXPECT_EQ(done.file, "");
  EXPECT_EQ(done.duration_ms, 0);
  EXPECT_TRUE(db->recordings.empty());
}

TEST_F(Recorder, RecordsWithoutAStore) {
  db->fault = test::store_is_down;
  auto x = start();
  tell(x, piece(false, 0, 700, 0x10));
  EXPECT_NE(close(x, 1000).file, "");
  EXPECT_EQ(files(), 1u);
}

TEST_F(Recorder, IsAsLongAsTheCallUnderLossAndJitter) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937 random{seed};
    auto x = start();
    int64_t at = 0;
    while (at < 30'000) {
      if (random() % 8 != 0)
        caf::anon_send(x, piece(random() % 2, at + random() % 15, 100, 3));
      if (random() % 20 == 0)
        caf::anon_send(x, recording_cut{at});
      at += 100 + static_cast<int64_t>(random() % 4);
    }
    auto length = at + static_cast<int64_t>(random() % 5000);
    EXPECT_EQ(close(x, length).duration_ms, length) << "seed " << seed;
  }
}

TEST_F(Recorder, FinishedFilesMayNotLoseTheirEnd) {
  auto x = start();
  tell(x, piece(false, 0, 3000, 0x10));
  close(x, 3000);
  x = nullptr;
  settle();
  auto& row = db->recordings.begin()->second;
  auto file = folder.path / row.file;
  put_content(file, content_of(file).substr(0, 108 + 16020));
  EXPECT_THAT(complaint_of([&] { wav_of(row); }),
              HasSubstr("its end is missing"));
  auto other = row;
  for (auto name : {"../x.velrec", "/etc/passwd", "a.wav", ".velrec/.velrec"}) {
    other.file = name;
    EXPECT_THAT(complaint_of([&] { wav_of(other); }), HasSubstr("none of ours"))
      << name;
  }
}

#include "adapters/recording/sealed_file.hpp"

#include "tests/recording/folder.hpp"

#include <gmock/gmock.h>
#include <random>
#include <sstream>

using namespace velox;
using namespace velox::recording;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

using bytes = std::vector<uint8_t>;

bytes some_bytes(size_t count, unsigned seed = 1) {
  std::mt19937 random{seed};
  bytes result(count);
  for (auto& x : result)
    x = static_cast<uint8_t>(random());
  return result;
}

class SealedFile : public ::testing::Test {
protected:
  temp_folder folder;
  std::filesystem::path file = folder.path / "a.velrec";
  std::shared_ptr<const key_port> keys = local_keys(key_of(1));

  void write(const bytes& x, bool finished = true, size_t piece = 7777) {
    std::filesystem::remove(file);
    sealed_writer out{file, file_id{1, 2, 3}, *keys};
    for (size_t i = 0; i < x.size(); i += piece)
      out.write(std::span{x}.subspan(i, std::min(piece, x.size() - i)));
    if (finished) {
      auto size = out.finish();
      EXPECT_EQ(size, std::filesystem::file_size(file));
    }
  }

  /// Reads what `content` is the file of.
  bytes read_text(const std::string& content, ending end = ending::required) {
    sealed_reader in{std::make_unique<std::istringstream>(content), "a.velrec",
                     *keys, end};
    bytes result(in.size());
    in.read(0, result);
    return result;
  }

  bytes read(ending end = ending::required) {
    return read_text(content_of(file), end);
  }
};

} // namespace

TEST_F(SealedFile, GivesBackWhatWasWritten) {
  for (size_t size : {0, 1, 15999, 16000, 16001, 32000, 100000})
    for (size_t piece : {160, 16000, 70000}) {
      auto x = some_bytes(size);
      write(x, true, piece);
      EXPECT_EQ(read(), x) << size;
    }
}

TEST_F(SealedFile, KeepsWhatIsSaidAndItsKeyToItself) {
  bytes x(50000, 0x42);
  write(x);
  auto content = content_of(file);
  EXPECT_EQ(content.find(std::string(16, 0x42)), content.npos);
  auto key = key_of(1);
  EXPECT_EQ(content.find(std::string(key.bytes().begin(), key.bytes().end())),
            content.npos);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file).permissions() & perms::mask,
            perms::owner_read | perms::owner_write);
  // The same again has nothing in common but the head's plain fields.
  write(x);
  auto again = content_of(file);
  EXPECT_NE(again.substr(108), content.substr(108));
}

TEST_F(SealedFile, ReadsAnyPartOfIt) {
  auto x = some_bytes(100000);
  write(x);
  auto in = open_sealed(file, *keys, ending::required);
  EXPECT_EQ(in.size(), x.size());
  EXPECT_TRUE(in.complete());
  EXPECT_EQ(in.key_id(), id_of(key_of(1)));
  std::mt19937 random{3};
  for (int i = 0; i < 200; ++i) {
    auto from = random() % x.size();
    auto count = random() % (x.size() - from) % 40000;
    bytes out(count);
    in.read(from, out);
    ASSERT_TRUE(std::equal(out.begin(), out.end(), x.begin() + from));
  }
  bytes beyond(2);
  EXPECT_THAT(complaint_of([&] { in.read(x.size() - 1, beyond); }),
              HasSubstr("no such part"));
  EXPECT_THAT(complaint_of([&] { in.read(UINT64_MAX, beyond); }),
              HasSubstr("no such part"));
}

/// Every byte that can be flipped, in every bit that matters.
TEST_F(SealedFile, NoticesEveryFlippedByte) {
  write(some_bytes(16000 + 300));
  auto content = content_of(file);
  for (size_t i = 0; i < content.size(); i += i < 200 ? 1 : 37)
    for (int bit : {0, 7}) {
      auto changed = content;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      EXPECT_THAT(complaint_of([&] { read_text(changed); }),
                  StartsWith("recording a.velrec: "))
        << "byte " << i;
    }
  for (size_t i = content.size() - 340; i < content.size(); ++i) {
    auto changed = content;
    changed[i] = static_cast<char>(~changed[i]);
    EXPECT_THAT(complaint_of([&] { read_text(changed); }),
                StartsWith("recording a.velrec: "))
      << "byte " << i;
  }
}

TEST_F(SealedFile, NoticesEveryCut) {
  write(some_bytes(2 * 16000 + 300));
  auto content = content_of(file);
  for (size_t size = 0; size < content.size();
       size += size < 200 || size + 400 > content.size() ? 1 : 61)
    EXPECT_THAT(complaint_of([&] { read_text(content.substr(0, size)); }),
                StartsWith("recording a.velrec: "))
      << size << " bytes";
  // Between two chunks, too.
  for (size_t chunks : {0, 1, 2})
    EXPECT_THAT(
      complaint_of([&] { read_text(content.substr(0, 108 + chunks * 16020)); }),
      HasSubstr("its end is missing"));
  EXPECT_THAT(complaint_of([&] { read_text(content + "x"); }),
              HasSubstr("recording a.velrec"));
}

TEST_F(SealedFile, NoticesChunksThatWereMoved) {
  write(some_bytes(4 * 16000));
  auto content = content_of(file);
  auto chunk = [&](size_t i) { return content.substr(108 + i * 16020, 16020); };
  auto head = content.substr(0, 108);
  for (auto& x : {head + chunk(1) + chunk(0) + chunk(2) + chunk(3),
                  head + chunk(0) + chunk(2) + chunk(3),
                  head + chunk(0) + chunk(0) + chunk(2) + chunk(3),
                  head + chunk(0) + chunk(3)})
    EXPECT_THAT(complaint_of([&] { read_text(x); }),
                StartsWith("recording a.velrec: "));
  // A chunk of another file with the same keys.
  write(some_bytes(4 * 16000, 2));
  auto other = content_of(file).substr(108, 16020);
  EXPECT_THAT(complaint_of([&] {
                read_text(head + other + chunk(1) + chunk(2) + chunk(3));
              }),
              HasSubstr("a part of it was changed"));
}

TEST_F(SealedFile, GivesWhatACrashHasLeft) {
  auto x = some_bytes(3 * 16000 + 500);
  write(x, false);
  EXPECT_THAT(complaint_of([&] { read(); }), HasSubstr("its end is missing"));
  auto content = content_of(file);
  for (size_t size = 108; size <= content.size(); size += 97) {
    auto there = read_text(content.substr(0, size), ending::optional);
    EXPECT_EQ(there.size(), (size - 108) / 16020 * 16000) << size;
    EXPECT_TRUE(std::equal(there.begin(), there.end(), x.begin())) << size;
  }
  // Nor does anything else pass then.
  content[108 + 500] ^= 1;
  EXPECT_THAT(complaint_of([&] { read_text(content, ending::optional); }),
              HasSubstr("a part of it was changed"));
}

TEST_F(SealedFile, OpensWithOldKeysToo) {
  auto x = some_bytes(1000);
  write(x);
  keys = local_keys(key_of(9), {key_of(1)});
  EXPECT_EQ(read(), x);
  keys = local_keys(key_of(9));
  EXPECT_THAT(complaint_of([&] { read(); }),
              HasSubstr("add the file with that key to "
                        "recording.old_key_files"));
}

TEST_F(SealedFile, OverwritesNothing) {
  write(some_bytes(10));
  EXPECT_THAT(complaint_of([&] {
                sealed_writer{file, file_id{}, *keys};
              }),
              HasSubstr("cannot be created"));
  EXPECT_THAT(complaint_of([&] {
                sealed_writer{folder.path / "no" / "a", file_id{}, *keys};
              }),
              HasSubstr("recordings' directory"));
}

TEST(RecordingKeys, AreHexOrBase64) {
  std::string hex;
  for (int i = 0; i < 32; ++i)
    hex += "0" + std::string{"123456789abcdef0"[i % 16]};
  auto key = parse_key(" " + hex + "\n", "recording.key");
  EXPECT_EQ(key.bytes()[0], 1);
  EXPECT_EQ(id_of(key).size(), key_id_size);
  EXPECT_NE(id_of(key), id_of(key_of(1)));
  auto same = parse_key("AQIDBAUGBwgJCgsMDQ4PAAECAwQFBgcICQoLDA0ODwA=",
                        "recording.key");
  EXPECT_EQ(id_of(same), id_of(key));
  for (auto bad :
       {std::string{}, hex + "00", hex.substr(2), "x" + hex.substr(1),
        std::string{"AQID"}, std::string{"not a key"}})
    EXPECT_EQ(complaint_of([&] { parse_key(bad, "recording.key"); }),
              "recording.key must be 32 bytes as 64 hexadecimal digits or as "
              "base64; make one with: openssl rand -hex 32");
}

TEST(RecordingKeys, WrapForOneFileOnly) {
  auto keys = local_keys(key_of(1));
  auto data = random_key();
  bytes mine{1, 2, 3};
  auto wrapped = keys->wrap(data, mine);
  auto back = keys->unwrap(wrapped, mine);
  EXPECT_TRUE(
    std::equal(back.bytes().begin(), back.bytes().end(), data.bytes().begin()));
  bytes other{1, 2, 4};
  EXPECT_THAT(complaint_of([&] { keys->unwrap(wrapped, other); }),
              HasSubstr("its head was changed"));
}

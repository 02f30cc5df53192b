#pragma once

#include "adapters/recording/keys.hpp"

#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// Bytes in a file, encrypted and authenticated as they come: AES-256-GCM in
/// chunks, so that a crash loses the last one only, and any part can be read
/// without the rest.
///
///     "VELOXREC", version, chunk size, file id, key id, wrapped data key
///     chunk 0: length and whether it is the last, sealed bytes, tag
///     chunk 1: ...
///
/// The nonce of a chunk is its number (the data key is this file's alone), and
/// file id, number, length and end mark are authenticated with it: a chunk that
/// was changed, moved, left out or taken from another file is an error, and so
/// is a file that was cut anywhere. Numbers are little endian.

namespace velox::recording {

using file_id = std::array<uint8_t, 16>;

/// Writes one file. What was written survives a crash in whole chunks.
class sealed_writer {
public:
  static constexpr uint32_t chunk_size = 16000; ///< a second of both sides

  /// Creates `path` (mode 0600), which may not exist. `id` is never used twice.
  /// Throws recording_error.
  sealed_writer(const std::filesystem::path& path, const file_id& id,
                const key_port& keys);
  ~sealed_writer();

  sealed_writer(const sealed_writer&) = delete;
  sealed_writer& operator=(const sealed_writer&) = delete;

  /// Throws recording_error when the disk does not take it.
  void write(std::span<const uint8_t> plain);

  /// Marks the end and makes it durable. Returns the size of the file; nothing
  /// may follow. Throws recording_error.
  uint64_t finish();

  const std::string& key_id() const { return key_id_; }

private:
  void put(std::span<const uint8_t> bytes);
  void put_chunk(bool last);

  std::string name_;
  int file_ = -1;
  file_id id_;
  secret_key key_;
  std::string key_id_;
  std::vector<uint8_t> chunk_;
  std::vector<uint8_t> sealed_;
  uint64_t number_ = 0;
  uint64_t size_ = 0;
};

/// What a reader makes of a file without an end.
enum class ending : uint8_t {
  required, ///< an error: somebody has cut it
  optional, ///< all whole chunks that are there: the engine may have crashed
};

/// Reads one file, any part of it.
class sealed_reader {
public:
  /// `name` is for errors. Checks the head and the end. Throws recording_error:
  /// no such file or key, not a recording, changed, cut.
  sealed_reader(std::unique_ptr<std::istream> file, std::string name,
                const key_port& keys, ending end);

  /// How many bytes were written.
  uint64_t size() const { return size_; }

  /// Whether its end is there.
  bool complete() const { return complete_; }

  const std::string& key_id() const { return wrapped_.key_id; }

  /// Fills `out` with the bytes from `offset` on, all of which must exist.
  /// Throws recording_error when they were changed; `out` then has nothing of
  /// them.
  void read(uint64_t offset, std::span<uint8_t> out);

private:
  [[noreturn]] void fail(const std::string& what) const;
  void read_head(const key_port& keys);
  void find_end(ending end);
  bool load(uint64_t number, uint64_t bytes_left);
  void get(uint64_t at, std::span<uint8_t> out);

  std::unique_ptr<std::istream> file_;
  std::string name_;
  uint64_t file_size_ = 0;
  uint32_t chunk_size_ = 0;
  file_id id_{};
  wrapped_key wrapped_;
  secret_key key_;
  uint64_t size_ = 0;
  bool complete_ = false;
  /// The chunk that was opened last.
  uint64_t loaded_ = UINT64_MAX;
  bool loaded_is_last_ = false;
  std::vector<uint8_t> sealed_;
  std::vector<uint8_t> plain_;
};

/// Opens a file of the disk. Throws as `sealed_reader` does.
sealed_reader open_sealed(const std::filesystem::path& path,
                          const key_port& keys, ending end);

} // namespace velox::recording

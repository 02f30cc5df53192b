#pragma once

#include "adapters/recording/sealed_file.hpp"
#include "protocol/records.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace velox::recording {

/// How the names of recordings end.
inline constexpr std::string_view file_extension = ".velrec";

/// The name of the file with this id: nothing of the call is in it.
std::string file_name_of(const file_id& id);

/// A fresh id. Throws recording_error.
file_id random_file_id();

/// Bytes of a WAV file's head as `wav_head` makes it.
inline constexpr size_t wav_head_size = 58;

/// The head of a WAV file with `frames` samples of two channels, mu-law, 8 kHz
/// (RIFF; format tag 7, with the fact chunk that it wants).
std::string wav_head(uint64_t frames);

/// A recording as the WAV file that people listen to: caller left, agent right.
/// Any part of it can be read; nothing is written in the clear.
class sound_file {
public:
  /// Of the recordings' directory. A recording that was never finished (its
  /// duration is 0: the call is live, or the engine has crashed) is as long as
  /// what is there. Throws recording_error.
  sound_file(const std::filesystem::path& directory, const recording_record& x,
             const key_port& keys);

  /// Bytes, the head included.
  uint64_t size() const { return wav_head_size + 2 * frames_; }

  int64_t duration_ms() const { return static_cast<int64_t>(frames_ / 8); }

  /// Whether the recording was finished.
  bool complete() const { return file_.complete(); }

  /// `count` bytes from `offset` on, or as many as there are. Throws
  /// recording_error.
  std::string read(uint64_t offset, uint64_t count);

private:
  sealed_reader file_;
  uint64_t frames_;
};

} // namespace velox::recording

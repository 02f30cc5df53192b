#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace velox::speech {

/// What was said before need not be made again: greetings, fillers, questions.
/// Shared by all calls, bounded in bytes; the longest unused goes first.
/// Thread-safe.
class sentence_cache {
public:
  using audio = std::shared_ptr<const std::vector<uint8_t>>;

  explicit sentence_cache(size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Null when the sentence is not there.
  audio find(const std::string& voice, const std::string& text);

  /// Keeps a complete sentence, unless it alone exceeds the bound.
  void keep(const std::string& voice, const std::string& text, audio mulaw);

  /// Of all audio and texts held.
  size_t bytes() const;

private:
  struct entry {
    std::string key;
    audio mulaw;

    size_t bytes() const { return key.size() + mulaw->size(); }
  };

  const size_t max_bytes_;
  mutable std::mutex mutex_;
  std::list<entry> entries_; ///< the last used first
  std::unordered_map<std::string, std::list<entry>::iterator> by_key_;
  size_t bytes_ = 0;
};

} // namespace velox::speech

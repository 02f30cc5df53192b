#pragma once

#include "protocol/messages.hpp"
#include "protocol/ports.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace velox::speech {

/// A whole sentence as a vendor said it.
struct phrase {
  std::vector<uint8_t> mulaw;
  std::vector<spoken_word> words;
};

/// What makes two sentences sound the same.
struct phrase_key {
  std::string vendor;
  std::string voice; ///< as in `synthesizer_options`, so empty is a voice too
  std::string language;
  std::string text;
  std::string pronunciations{}; ///< see `fingerprint`

  std::string str() const;
};

/// Sentences that were said before: greetings, fillers, apologies. Shared by
/// all calls and bounded in bytes; the longest unused goes first. Thread-safe.
class phrase_cache {
public:
  /// Longer ones are not worth their room: ten seconds.
  static constexpr size_t longest = 80'000;

  explicit phrase_cache(size_t max_bytes = 32u << 20) : max_bytes_(max_bytes) {}

  bool has(const phrase_key& key) const;

  /// Null when it is not there.
  std::shared_ptr<const phrase> find(const phrase_key& key);

  /// Keeps a complete sentence, unless it is too long.
  void keep(const phrase_key& key, phrase x);

  /// Of all audio, words and keys held.
  size_t bytes() const;

private:
  struct entry {
    std::string key;
    std::shared_ptr<const phrase> value;
    size_t bytes = 0;
  };

  const size_t max_bytes_;
  mutable std::mutex mutex_;
  std::list<entry> entries_; ///< the last used first
  std::unordered_map<std::string, std::list<entry>::iterator> by_key_;
  size_t bytes_ = 0;
};

/// `make`, except that what is in `cache` is said at once, in pieces of 100 ms,
/// without asking `vendor`; and that what the vendor says is kept when it was
/// said to its end. Sentences stay in their order. Its sessions report through
/// an actor of their own.
synthesizer_factory cached(std::shared_ptr<phrase_cache> cache,
                           std::string vendor, synthesizer_factory make);

/// Has `texts` said by a session of `make` (made by `cached`), so that the
/// cache knows them. Returns at once; `done` is called once, on another thread,
/// with how many were said: all of them, unless the provider failed.
void preload(caf::actor_system& system, const synthesizer_factory& make,
             const synthesizer_options& options, std::vector<std::string> texts,
             std::function<void(size_t)> done);

} // namespace velox::speech

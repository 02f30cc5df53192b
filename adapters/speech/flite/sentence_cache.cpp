#include "adapters/speech/flite/sentence_cache.hpp"

#include <utility>

namespace velox::speech {

namespace {

std::string key_of(const std::string& voice, const std::string& text) {
  return voice + '\n' + text;
}

} // namespace

sentence_cache::audio
sentence_cache::find(const std::string& voice, const std::string& text) {
  std::lock_guard guard{mutex_};
  auto i = by_key_.find(key_of(voice, text));
  if (i == by_key_.end())
    return nullptr;
  entries_.splice(entries_.begin(), entries_, i->second);
  return i->second->mulaw;
}

void sentence_cache::keep(const std::string& voice, const std::string& text,
                          audio mulaw) {
  entry fresh{key_of(voice, text), std::move(mulaw)};
  std::lock_guard guard{mutex_};
  if (fresh.bytes() > max_bytes_ || by_key_.count(fresh.key) > 0)
    return;
  bytes_ += fresh.bytes();
  entries_.push_front(std::move(fresh));
  by_key_[entries_.front().key] = entries_.begin();
  while (bytes_ > max_bytes_) {
    auto& oldest = entries_.back();
    bytes_ -= oldest.bytes();
    by_key_.erase(oldest.key);
    entries_.pop_back();
  }
}

size_t sentence_cache::bytes() const {
  std::lock_guard guard{mutex_};
  return bytes_;
}

} // namespace velox::speech

#include "adapters/speech/synthesizers/phrase_cache.hpp"

#include <utility>

namespace velox::speech {

namespace {

size_t size_of(const std::string& key, const phrase& x) {
  auto result = key.size() + x.mulaw.size();
  for (auto& word : x.words)
    result += sizeof(word) + word.text.size();
  return result;
}

} // namespace

std::string phrase_key::str() const {
  // A NUL is in none of the names.
  std::string result = vendor;
  for (auto* part : {&voice, &language, &text, &pronunciations}) {
    result += '\0';
    result += *part;
  }
  return result;
}

bool phrase_cache::has(const phrase_key& key) const {
  std::lock_guard guard{mutex_};
  return by_key_.count(key.str()) > 0;
}

std::shared_ptr<const phrase> phrase_cache::find(const phrase_key& key) {
  std::lock_guard guard{mutex_};
  auto i = by_key_.find(key.str());
  if (i == by_key_.end())
    return nullptr;
  entries_.splice(entries_.begin(), entries_, i->second);
  return i->second->value;
}

void phrase_cache::keep(const phrase_key& key, phrase x) {
  entry fresh{key.str(), nullptr, 0};
  fresh.bytes = size_of(fresh.key, x);
  if (x.mulaw.size() > longest || fresh.bytes > max_bytes_)
    return;
  fresh.value = std::make_shared<const phrase>(std::move(x));
  std::lock_guard guard{mutex_};
  if (by_key_.count(fresh.key) > 0)
    return;
  bytes_ += fresh.bytes;
  entries_.push_front(std::move(fresh));
  by_key_[entries_.front().key] = entries_.begin();
  while (bytes_ > max_bytes_) {
    auto& oldest = entries_.back();
    bytes_ -= oldest.bytes;
    by_key_.erase(oldest.key);
    entries_.pop_back();
  }
}

size_t phrase_cache::bytes() const {
  std::lock_guard guard{mutex_};
  return bytes_;
}

} // namespace velox::speech

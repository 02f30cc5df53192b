#include "adapters/speech/pocketsphinx/decoder_pool.hpp"

#include "adapters/speech/pocketsphinx/model_files.hpp"

#include <algorithm>
#include <utility>

namespace velox::speech {

namespace {

/// Distinct phrase sets kept, live calls or not: a model is some 100 KB.
constexpr size_t max_models = 256;

} // namespace

decoder_pool::lease::lease(std::shared_ptr<decoder_pool> pool,
                           phrase_list phrases, std::unique_ptr<decoder> owned)
  : pool_(std::move(pool)), phrases_(std::move(phrases)),
    owned_(std::move(owned)) {}

decoder_pool::lease::~lease() {
  // Null when it was moved from.
  if (owned_ && !owned_->in_utterance())
    pool_->give_back(phrases_, std::move(owned_));
}

decoder_pool::decoder_pool(std::string model_directory, size_t max_idle)
  : directory_(std::move(model_directory)), max_idle_(max_idle) {}

decoder_pool::lease decoder_pool::acquire(const phrase_list& phrases) {
  auto files = files_for(phrases);
  std::unique_ptr<decoder> result;
  {
    std::lock_guard guard{mutex_};
    if (auto i = entries_.find(phrases);
        i != entries_.end() && !i->second.idle.empty()) {
      result = std::move(i->second.idle.back());
      i->second.idle.pop_back();
      --idle_;
    }
  }
  if (!result)
    result = std::make_unique<decoder>(directory_ + "/en-us", *files);
  result->begin_call();
  return {shared_from_this(), phrases, std::move(result)};
}

std::vector<std::string> decoder_pool::prewarm(const phrase_list& phrases) {
  return files_for(phrases)->missing_words;
}

std::shared_ptr<const model_files>
decoder_pool::files_for(const phrase_list& phrases) {
  auto find = [&]() -> std::shared_ptr<const model_files> {
    std::lock_guard guard{mutex_};
    auto i = entries_.find(phrases);
    if (i == entries_.end())
      return nullptr;
    i->second.last_use = ++uses_;
    return i->second.files;
  };
  if (auto known = find())
    return known;
  std::lock_guard building{building_};
  // Another thread may have been faster.
  if (auto known = find())
    return known;
  auto files
    = std::make_shared<model_files>(make_language_model(phrases, words()));
  std::vector<std::unique_ptr<decoder>> dropped;
  std::lock_guard guard{mutex_};
  if (entries_.size() >= max_models) {
    auto oldest = std::min_element(
      entries_.begin(), entries_.end(),
      [](auto& a, auto& b) { return a.second.last_use < b.second.last_use; });
    idle_ -= oldest->second.idle.size();
    dropped = std::move(oldest->second.idle);
    entries_.erase(oldest);
  }
  entries_[phrases] = {files, {}, ++uses_};
  return files;
}

void decoder_pool::give_back(const phrase_list& phrases,
                             std::unique_ptr<decoder> x) {
  std::lock_guard guard{mutex_};
  auto i = entries_.find(phrases);
  if (i == entries_.end() || idle_ >= max_idle_)
    return;
  i->second.idle.push_back(std::move(x));
  ++idle_;
}

const dictionary& decoder_pool::words() {
  if (!dictionary_)
    dictionary_.emplace(directory_ + "/cmudict-en-us.dict");
  return *dictionary_;
}

} // namespace velox::speech

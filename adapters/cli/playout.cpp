#include "adapters/cli/playout.hpp"

#include <algorithm>
#include <utility>

namespace velox::cli {

namespace {

/// Nothing, in mu-law.
constexpr uint8_t silence = 0xFF;

} // namespace

void playout::queue(std::span<const uint8_t> mulaw) {
  buffer_.insert(buffer_.end(), mulaw.begin(), mulaw.end());
}

void playout::mark(std::string name) {
  pending_.push_back({std::move(name), played_ + buffer_.size()});
  collect_reached();
}

size_t playout::clear() {
  auto dropped = buffer_.size();
  buffer_.clear();
  for (auto& x : pending_)
    reached_.push_back(std::move(x.name));
  pending_.clear();
  return dropped;
}

size_t playout::play_out(std::span<uint8_t> out) {
  auto n = std::min(out.size(), buffer_.size());
  auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(n);
  auto rest = std::copy(buffer_.begin(), end, out.begin());
  std::fill(rest, out.end(), silence);
  buffer_.erase(buffer_.begin(), end);
  played_ += n;
  collect_reached();
  return n;
}

std::vector<std::string> playout::take_reached() {
  return std::exchange(reached_, {});
}

void playout::collect_reached() {
  while (!pending_.empty() && pending_.front().position <= played_) {
    reached_.push_back(std::move(pending_.front().name));
    pending_.pop_front();
  }
}

} // namespace velox::cli

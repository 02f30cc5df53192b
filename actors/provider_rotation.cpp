#include "actors/provider_rotation.hpp"

namespace velox::actors {

void provider_rotation::succeeded() {
  lost_ = 0;
  tried_ = 0;
}

std::optional<provider_rotation::step>
provider_rotation::failed(provider_errc code) {
  // Only a lost connection is worth another try at the same place: who has no
  // time, no quota or no use for our key has none a moment later.
  auto lost = code == provider_errc::broken;
  if (lost && lost_ < policy_.reconnects)
    return step{current_, policy_.pause * (1 << lost_++)};
  return next();
}

std::optional<provider_rotation::step> provider_rotation::next() {
  lost_ = 0;
  if (++tried_ >= count_ * policy_.rounds)
    return std::nullopt;
  current_ = (current_ + 1) % count_;
  auto new_round = tried_ % count_ == 0;
  return step{current_, new_round ? policy_.round_pause : caf::timespan{0}};
}

void provider_rotation::rewind() {
  current_ = 0;
  succeeded();
}

} // namespace velox::actors

#include "adapters/http/upgrade.hpp"

#include "adapters/http/session.hpp"

#include <utility>

namespace velox::http {

upgrade::upgrade(std::shared_ptr<session> owner) : owner_(std::move(owner)) {}

upgrade::upgrade(upgrade&&) noexcept = default;

upgrade& upgrade::operator=(upgrade&& other) noexcept {
  std::swap(owner_, other.owner_);
  return *this;
}

upgrade::~upgrade() {
  if (owner_)
    refuse(error_response(500, "unanswered",
                          "the server did not answer this handshake",
                          "try again; if it stays, report it"));
}

void upgrade::refuse(response x) {
  if (auto owner = std::exchange(owner_, nullptr))
    owner->refuse_upgrade(std::move(x));
}

bool upgrade::waiting() const {
  return owner_ && owner_->awaits_upgrade();
}

std::size_t upgrade::shard() const {
  return owner_->shard();
}

std::function<void(std::function<void()>)> upgrade::poster() const {
  return owner_->poster();
}

upgrade_parts upgrade::take() {
  return std::exchange(owner_, nullptr)->take_upgrade();
}

} // namespace velox::http

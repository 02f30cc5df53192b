#pragma once

#include "protocol/messages.hpp"

#include <caf/timespan.hpp>

#include <cstddef>
#include <optional>

namespace velox::actors {

struct rotation_policy {
  /// How often one provider is asked again after its connection was lost.
  std::size_t reconnects = 3;
  /// The pause before the first of these; doubles with each.
  caf::timespan pause = std::chrono::milliseconds{100};
  /// How often the whole list is tried before a stage is given up.
  std::size_t rounds = 2;
  /// The pause before a further round.
  caf::timespan round_pause = std::chrono::milliseconds{500};
};

/// Which of a stage's providers is asked next, and when. A plain class.
class provider_rotation {
public:
  struct step {
    std::size_t provider = 0; ///< its place in the list
    caf::timespan pause{0};   ///< before it is asked
  };

  explicit provider_rotation(std::size_t count, rotation_policy policy = {})
    : policy_(policy), count_(count) {}

  std::size_t current() const { return current_; }

  /// The current one works: it has all its chances again.
  void succeeded();

  /// The current one has failed. Nothing: all have, often enough.
  std::optional<step> failed(provider_errc code);

  /// From the first one on, all chances anew (a new turn begins).
  void rewind();

private:
  std::optional<step> next();

  rotation_policy policy_;
  std::size_t count_;
  std::size_t current_ = 0;
  std::size_t lost_ = 0;  ///< connections of the current one in a row
  std::size_t tried_ = 0; ///< providers that failed since one worked
};

} // namespace velox::actors

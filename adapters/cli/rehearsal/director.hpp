#pragma once

#include "adapters/cli/rehearsal/rehearsal.hpp"

namespace velox::rehearsal {

/// Does to the engine what a script has happen to it, one event after the
/// other, each at its moment.
class rehearsal::director {
public:
  director(sim_world& world, const std::vector<engine_step>& steps,
           std::vector<engine_record>& record)
    : world_(world), steps_(steps), record_(record) {}

  /// From now on `leg` is the call.
  void watch(sim_call& leg);

  void stop() { *alive_ = false; }

private:
  void look();
  bool due(const engine_step& x) const;
  void act(const engine_step& x);
  void trouble(const engine_step& x);

  sim_world& world_;
  const std::vector<engine_step>& steps_;
  std::vector<engine_record>& record_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  sim_call* leg_ = nullptr;
  size_t next_ = 0;
  virtual_world::time_point began_;
  virtual_world::time_point since_;
};

} // namespace velox::rehearsal

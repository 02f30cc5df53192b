#include "actors/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace velox::actors {

supervisor::supervisor(std::vector<child_spec> specs, supervision options)
  : options_(options) {
  for (auto& spec : specs)
    children_.push_back({std::move(spec), {}, 0, false, std::nullopt});
}

void supervisor::start() {
  for (auto& child : children_)
    child.handle = child.spec.start();
}

supervisor::verdict
supervisor::on_exit(const caf::exit_msg& msg, time_point now) {
  auto i = std::find_if(children_.begin(), children_.end(), [&](auto& child) {
    return child.handle && child.handle.address() == msg.source;
  });
  if (i == children_.end())
    return {msg.reason, std::nullopt, ""};
  i->handle = nullptr;
  if (retired_)
    return {{}, std::nullopt, i->spec.name};
  if (i->stopping) { // it was to end; a time for its return is set already
    i->stopping = false;
    if (!i->due)
      return {{}, std::nullopt, i->spec.name};
    return {{},
            std::max(caf::timespan{0}, caf::timespan{*i->due - now}),
            i->spec.name};
  }
  auto failed = static_cast<bool>(msg.reason);
  auto missed = i->spec.policy == restart::permanent
                || (i->spec.policy == restart::transient && failed);
  if (!missed)
    return {{}, std::nullopt, i->spec.name};
  return bring_back(static_cast<size_t>(i - children_.begin()), now);
}

supervisor::verdict supervisor::bring_back(size_t fallen, time_point now) {
  auto& child = children_[fallen];
  auto& window = options_.intensity.window;
  while (!restarts_.empty() && restarts_.front() + window <= now)
    restarts_.pop_front();
  if (restarts_.size() >= options_.intensity.limit) {
    retired_ = true;
    return {caf::make_error(errc::too_many_restarts, child.spec.name),
            std::nullopt, child.spec.name};
  }
  auto wait = pause();
  restarts_.push_back(now);
  child.due = now + wait;
  if (options_.strategy == strategy::rest_for_one)
    stop_rest(fallen, *child.due);
  return {{}, wait, child.spec.name};
}

void supervisor::stop_rest(size_t fallen, time_point due) {
  // In reverse, so that nobody outlives what it was started upon.
  for (auto i = children_.size() - 1; i > fallen; --i) {
    auto& sibling = children_[i];
    if (sibling.spec.policy != restart::temporary)
      sibling.due = due; // who is not missed is not started again
    if (!sibling.handle || sibling.stopping)
      continue;
    sibling.stopping = true;
    caf::anon_send_exit(sibling.handle, caf::exit_reason::user_shutdown);
  }
}

caf::timespan supervisor::pause() const {
  if (restarts_.empty())
    return caf::timespan{0};
  auto result = options_.back_off.first;
  for (size_t i = 1; i < restarts_.size() && result < options_.back_off.most;
       ++i)
    result *= 2;
  return std::min(result, options_.back_off.most);
}

std::vector<std::string> supervisor::restart_due(time_point now) {
  std::vector<std::string> started;
  if (retired_ || stopping())
    return started;
  for (auto& child : children_) {
    if (child.handle || !child.due || *child.due > now)
      continue;
    child.due.reset();
    ++child.restarts;
    child.handle = child.spec.start();
    started.push_back(child.spec.name);
  }
  return started;
}

/// Nobody starts while a sibling is still ending: its end brings a verdict of
/// its own.
bool supervisor::stopping() const {
  return std::any_of(children_.begin(), children_.end(),
                     [](auto& child) { return child.stopping; });
}

std::optional<caf::timespan> supervisor::next_due(time_point now) const {
  std::optional<caf::timespan> result;
  if (retired_ || stopping())
    return result;
  for (auto& child : children_) {
    if (child.handle || !child.due)
      continue;
    auto left = std::max(caf::timespan{0}, caf::timespan{*child.due - now});
    result = result ? std::min(*result, left) : left;
  }
  return result;
}

bool supervisor::kill(const std::string& name) {
  for (auto& child : children_) {
    if (child.spec.name == name && child.handle) {
      // Not `kill`: as the reason of a linked child's end it would pass the
      // parent's exit handler by and end the parent, too.
      caf::anon_send_exit(child.handle, caf::exit_reason::user_shutdown);
      return true;
    }
  }
  return false;
}

std::vector<supervisor::child_status> supervisor::children() const {
  std::vector<child_status> result;
  for (auto& child : children_)
    result.push_back({child.spec.name, child.handle, child.restarts});
  return result;
}

} // namespace velox::actors

#include "adapters/carriers/twilio/leg_reporter.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace velox::carriers::twilio {

namespace {

constexpr std::size_t other_events = 500;

std::size_t audio_size(const leg_reporter::event& x) {
  auto* audio = std::get_if<caller_audio>(&x);
  return audio ? audio->mulaw.size() : 0;
}

void deliver(const leg_client_actor& client, leg_reporter::event x) {
  std::visit([&](auto& e) { caf::anon_send(client, std::move(e)); }, x);
}

} // namespace

void leg_reporter::report_to(const leg_client_actor& client) {
  client_ = caf::actor_cast<caf::weak_actor_ptr>(client);
  kept_audio_ = 0;
  for (auto& x : std::exchange(kept_, {}))
    deliver(client, std::move(x));
}

void leg_reporter::send(event x) {
  // Somebody may still hold the handle of a stream that has ended: what it is
  // sent would be lost, and its successor would never hear of it.
  auto strong = client_.lock();
  auto ended
    = !strong || strong->get()->getf(caf::abstract_actor::is_terminated_flag);
  if (!ended)
    deliver(caf::actor_cast<leg_client_actor>(strong), std::move(x));
  else
    keep(std::move(x));
}

void leg_reporter::keep(event x) {
  kept_audio_ += audio_size(x);
  kept_.push_back(std::move(x));
  auto drop_first = [this](auto what) {
    auto i = std::find_if(kept_.begin(), kept_.end(), what);
    if (i == kept_.end())
      return;
    kept_audio_ -= audio_size(*i);
    kept_.erase(i);
  };
  while (kept_audio_ > audio_limit_)
    drop_first([](auto& e) { return audio_size(e) > 0; });
  if (kept_.size() > other_events)
    drop_first([](auto& e) {
      return !std::holds_alternative<caller_hung_up>(e)
             && !std::holds_alternative<wire_closed>(e);
    });
}

} // namespace velox::carriers::twilio

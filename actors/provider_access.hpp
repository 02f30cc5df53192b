#pragma once

#include "protocol/errc.hpp"
#include "protocol/interfaces.hpp"
#include "protocol/ports.hpp"

#include <caf/actor_cast.hpp>

#include <chrono>
#include <concepts>
#include <string>
#include <utility>

/// How the stt, llm and tts actors use their providers.

namespace velox::actors {

/// What a stage needs to know of its providers.
template <class Factory>
struct provider_list {
  std::vector<provider<Factory>> all;
  /// Whom to ask before one is used; null: nobody.
  provider_gateway_actor gateways{};

  provider_list() = default;

  /// One provider that nobody guards, as in tests.
  template <class F>
  requires std::constructible_from<Factory, F>
  provider_list(F make) // implicit: a factory is a list of one
    : all{{"only", "", Factory{std::move(make)}}} {}

  provider_list(std::vector<provider<Factory>> all,
                provider_gateway_actor gateways)
    : all(std::move(all)), gateways(std::move(gateways)) {}
};

/// A place at a provider, from its gateway; what is not given back ends with
/// its holder.
class provider_place {
public:
  provider_place() = default;

  provider_place(std::string gateway, uint64_t ticket,
                 caf::actor_clock::time_point since)
    : gateway_(std::move(gateway)), ticket_(ticket), since_(since) {}

  /// It works: the first result has come.
  template <class Self>
  void worked(Self* self, const provider_gateway_actor& gateways) {
    if (std::exchange(proven_, true) || ticket_ == 0)
      return;
    auto x = report(self);
    x.more = true;
    self->send(gateways, std::move(x));
  }

  /// Done with it, in peace.
  template <class Self>
  void leave(Self* self, const provider_gateway_actor& gateways) {
    if (ticket_ == 0)
      return;
    auto x = report(self);
    if (!proven_)
      x.latency_ms = -1; // nobody knows
    self->send(gateways, std::move(x));
    ticket_ = 0;
  }

  /// It has failed.
  template <class Self>
  void failed(Self* self, const provider_gateway_actor& gateways,
              const provider_failed& why) {
    if (ticket_ == 0)
      return;
    auto x = report(self);
    x.failed = true;
    x.code = why.code;
    x.retry_after_ms = why.retry_after_ms;
    self->send(gateways, std::move(x));
    ticket_ = 0;
  }

private:
  template <class Self>
  provider_used report(Self* self) const {
    provider_used x;
    x.provider = gateway_;
    x.ticket = ticket_;
    x.latency_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                     self->clock().now() - since_)
                     .count();
    return x;
  }

  std::string gateway_;
  uint64_t ticket_ = 0; ///< 0: nobody guards the provider
  caf::actor_clock::time_point since_{};
  bool proven_ = false;
};

/// Longer than a gateway lets anybody wait for its scouts.
inline constexpr std::chrono::seconds gateway_due{3};

/// Asks for a place at `gateway`; then calls `yes(place)` or `no()`, at once
/// when nobody guards the provider. A gateway that does not answer is no reason
/// to keep a caller waiting: yes.
template <class Self, class Yes, class No>
void take_place(Self* self, const provider_gateway_actor& gateways,
                const std::string& gateway, Yes yes, No no) {
  if (!gateways || gateway.empty()) {
    yes(provider_place{});
    return;
  }
  self->request(gateways, gateway_due, use_provider{gateway})
    .then(
      [self, gateway, yes](const provider_admitted& x) {
        yes(provider_place{gateway, x.ticket, self->clock().now()});
      },
      [yes, no](const caf::error& why) {
        if (why == errc::provider_busy || why == errc::provider_unavailable)
          no();
        else
          yes(provider_place{});
      });
}

/// Three providers for all calls that nobody guards, as in tests and benches.
provider_source
fixed_providers(recognizer_factory recognizer, synthesizer_factory voice,
                language_model_factory model);

/// For the call log: a provider has failed, or is passed over.
log_entry
provider_failure(const std::string& provider, const provider_failed& x);

} // namespace velox::actors

#pragma once

#include "adapters/net/outbound.hpp"
#include "config/secret_box.hpp"
#include "protocol/outside.hpp"

#include <caf/timespan.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <random>

namespace velox::webhooks {

struct sender_options {
  outside_store_actor store;
  net::outbound_source out;
  std::shared_ptr<const config::secret_box> box; ///< opens endpoints' secrets
  std::function<unix_ms()> time_of_day;
  /// http:// and private addresses too; for development and tests.
  bool allow_private = false;
  int64_t concurrency = 32; ///< attempts at once
  caf::timespan every = std::chrono::seconds{1};
  net::milliseconds answer_timeout{15'000};
  /// Told now and then what has not arrived; may be empty.
  std::function<void(const webhook_backlog&)> report{};
};

struct sender_state {
  static inline const char* name = "webhook-sender";

  std::optional<sender_options> options;
  uint64_t look = 0;     ///< numbers the timers
  int64_t under_way = 0; ///< attempts
  bool asking = false;   ///< the store is asked
  bool more = false;     ///< something may be due meanwhile
  std::minstd_rand dice{std::random_device{}()};
};

/// Delivers what organisations are told: claims what is due, signs it, posts
/// it, and writes down how it went. Whatever was claimed and not written down,
/// because the process died, is sent again under the same webhook-id.
webhook_sender_actor::behavior_type
webhook_sender(webhook_sender_actor::stateful_pointer<sender_state> self,
               const sender_options& options);

/// What is wrong with a URL that is to be told; empty: nothing.
std::string url_problem(std::string_view url, bool allow_private);

/// What the two secrets of an endpoint are sealed with, beside its
/// organisation.
inline constexpr const char* secret_field = "webhook_endpoints.secret";
inline constexpr const char* old_secret_field = "webhook_endpoints.old_secret";

} // namespace velox::webhooks

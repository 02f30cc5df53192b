#pragma once

#include "config/provider_settings.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// All that can be set, with its defaults. What each value means, its range
/// and its environment name are in the table of config/keys.cpp, from which
/// config/velox.example.yaml is made; loader.hpp fills the struct.

namespace velox::config {

using duration = std::chrono::milliseconds;

struct server_settings {
  std::string host = "0.0.0.0";
  uint16_t port = 8080;
  std::string public_url;
  std::string tls_certificate;
  std::string tls_key;
  uint64_t header_limit_bytes = 8192;
  uint64_t body_limit_bytes = 1048576;
  uint64_t message_limit_bytes = 65536;
  duration request_timeout = std::chrono::seconds{15};
  duration idle_timeout = std::chrono::seconds{60};
  uint64_t max_connections = 20000;
  uint64_t shards = 0; ///< 0: one per core
  bool operator==(const server_settings&) const = default;
};

struct twilio_settings {
  std::string account_sid;
  std::string auth_token;
  std::string base_url = "https://api.twilio.com";
  bool verify_signature = true;
  bool operator==(const twilio_settings&) const = default;
};

struct call_settings {
  uint64_t max_live = 500;
  duration ghost_timeout = std::chrono::seconds{10};
  duration start_timeout = std::chrono::seconds{5};
  duration max_duration = std::chrono::hours{1};
  duration drain_limit = std::chrono::seconds{30};
  duration token_lifetime = std::chrono::seconds{60};
  uint64_t per_caller_per_minute = 60; ///< 0: no limit
  uint64_t restart_limit = 3;
  duration restart_window = std::chrono::seconds{30};
  bool operator==(const call_settings&) const = default;
};

struct turn_settings {
  duration end_of_turn_silence = std::chrono::milliseconds{700};
  duration idle_prompt_after = std::chrono::seconds{8};
  duration false_interruption = std::chrono::seconds{2};
  bool barge_in = true;
  std::string interruption = "milliseconds";
  duration interruption_voice = std::chrono::milliseconds{250};
  uint64_t interruption_words = 2;
  bool judge_words = true;
  duration end_of_turn_sure = std::chrono::milliseconds{500};
  duration end_of_turn_unsure = std::chrono::seconds{2};
  duration keys_pause = std::chrono::seconds{2};
  std::string keys_end = "#";
  bool operator==(const turn_settings&) const = default;
};

struct storage_settings {
  std::string data_dir = "data";
  std::string database_url;
  uint64_t pool = 4;
  duration statement_timeout = std::chrono::seconds{5};
  duration connect_timeout = std::chrono::seconds{5};
  std::string redis_url;
  std::string redis_host; ///< when there is no redis_url
  uint16_t redis_port = 6379;
  std::string node_name; ///< empty: host name and port
  bool operator==(const storage_settings&) const = default;
};

struct speech_settings {
  uint64_t threads = 2;
  std::string voice = "slt";
  bool operator==(const speech_settings&) const = default;
};

struct recording_settings {
  std::string key;      ///< 32 bytes, hex or base64
  std::string key_file; ///< ... in a file; both empty: in the data directory
  std::vector<std::string> old_key_files;
  uint64_t keep_days = 30;
  bool operator==(const recording_settings&) const = default;
};

struct agent_settings {
  std::vector<std::string> files; ///< empty: the built-in example agent
  bool operator==(const agent_settings&) const = default;
};

struct billing_settings {
  uint64_t initial_credit_seconds = 36000;
  duration tick = std::chrono::seconds{30};
  duration reservation = std::chrono::minutes{5};
  duration ledger_patience = std::chrono::minutes{10};
  std::string prices; ///< empty: the built-in list
  bool operator==(const billing_settings&) const = default;
};

struct stripe_settings {
  std::string secret_key;
  std::string webhook_secret;
  std::string starter_price_id;
  std::string pro_price_id;
  std::string enterprise_price_id;
  std::string base_url = "https://api.stripe.com";
  uint64_t minute_price = 0; ///< minor units; 0: minutes are not sold alone
  std::string currency = "usd";
  std::string success_url;
  std::string cancel_url;
  bool operator==(const stripe_settings&) const = default;
};

struct webhook_settings {
  bool allow_private = false;
  std::string key; ///< 32 bytes, hex; empty: in the data directory
  uint64_t concurrency = 32;
  bool operator==(const webhook_settings&) const = default;
};

struct log_settings {
  std::string level = "info";
  bool operator==(const log_settings&) const = default;
};

/// Everything that an operator can choose.
struct settings {
  server_settings server;
  twilio_settings twilio;
  call_settings calls;
  turn_settings turns;
  storage_settings storage;
  speech_settings speech;
  provider_settings providers;
  recording_settings recording;
  agent_settings agents;
  billing_settings billing;
  stripe_settings stripe;
  webhook_settings webhooks;
  log_settings log;
  std::string admin_api_key; ///< empty: kept in the data directory
  bool operator==(const settings&) const = default;
};

} // namespace velox::config

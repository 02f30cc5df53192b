#include "config/keys.hpp"

#include "config/provider_keys.hpp"

#include <algorithm>
#include <iterator>

namespace velox::config {

namespace {

constexpr uint64_t second = 1000;
constexpr uint64_t minute = 60 * second;
constexpr uint64_t hour = 60 * minute;

/// Shorthand for the table's accessors.
#define VELOX_IN(member) [](settings& x) -> setting_place { return &x.member; }

std::vector<setting_key> engine_keys() {
  return {
    {.name = "server.host",
     .in = VELOX_IN(server.host),
     .meaning = "The address to listen on.",
     .may_be_empty = false},
    {.name = "server.port",
     .in = VELOX_IN(server.port),
     .meaning = "The TCP port to listen on; 0 takes a free one.",
     .environment = "PORT",
     .least = 0,
     .most = 65535},
    {.name = "server.public_url",
     .in = VELOX_IN(server.public_url),
     .meaning = "How carriers reach the engine, such as "
                "https://calls.example.com; empty: taken from each request.",
     .environment = "VELOX_PUBLIC_URL",
     .kind = text_kind::url},
    {.name = "server.tls_certificate",
     .in = VELOX_IN(server.tls_certificate),
     .meaning = "The certificate chain (PEM file); empty: plain HTTP.",
     .kind = text_kind::file},
    {.name = "server.tls_key",
     .in = VELOX_IN(server.tls_key),
     .meaning = "The certificate's private key (PEM file).",
     .kind = text_kind::file},
    {.name = "server.header_limit_bytes",
     .in = VELOX_IN(server.header_limit_bytes),
     .meaning = "The largest HTTP request header.",
     .least = 1024,
     .most = 1048576},
    {.name = "server.body_limit_bytes",
     .in = VELOX_IN(server.body_limit_bytes),
     .meaning = "The largest HTTP request body.",
     .least = 1024,
     .most = 1073741824},
    {.name = "server.message_limit_bytes",
     .in = VELOX_IN(server.message_limit_bytes),
     .meaning = "The largest WebSocket message.",
     .least = 1024,
     .most = 16777216},
    {.name = "server.request_timeout",
     .in = VELOX_IN(server.request_timeout),
     .meaning = "How long a client may take to send a request.",
     .least = second / 10,
     .most = 10 * minute},
    {.name = "server.idle_timeout",
     .in = VELOX_IN(server.idle_timeout),
     .meaning = "How long a connection may stay open between requests.",
     .least = second / 10,
     .most = hour},
    {.name = "server.max_connections",
     .in = VELOX_IN(server.max_connections),
     .meaning = "How many connections may be open at once.",
     .least = 1,
     .most = 1000000},
    {.name = "server.shards",
     .in = VELOX_IN(server.shards),
     .meaning = "Threads that serve sockets and calls; 0: one per core.",
     .least = 0,
     .most = 1024},
    {.name = "twilio.account_sid",
     .in = VELOX_IN(twilio.account_sid),
     .meaning = "The account whose calls are accepted; empty: any.",
     .environment = "TWILIO_ACCOUNT_SID"},
    {.name = "twilio.auth_token",
     .in = VELOX_IN(twilio.auth_token),
     .meaning = "Twilio's secret, which signs its requests; empty: one is made "
                "and kept in the data directory.",
     .environment = "TWILIO_AUTH_TOKEN",
     .secret = true},
    {.name = "twilio.base_url",
     .in = VELOX_IN(twilio.base_url),
     .meaning = "Twilio's API, through which live calls are redirected.",
     .environment = "TWILIO_BASE_URL",
     .kind = text_kind::url,
     .may_be_empty = false},
    {.name = "twilio.verify_signature",
     .in = VELOX_IN(twilio.verify_signature),
     .meaning = "Refuse webhooks without a valid signature. Keep it on."},
    {.name = "calls.max_live",
     .in = VELOX_IN(calls.max_live),
     .meaning = "How many calls may be on the line at once.",
     .least = 1,
     .most = 1000000},
    {.name = "calls.ghost_timeout",
     .in = VELOX_IN(calls.ghost_timeout),
     .meaning = "A call from which no audio comes for so long is ended.",
     .least = second,
     .most = hour},
    {.name = "calls.start_timeout",
     .in = VELOX_IN(calls.start_timeout),
     .meaning = "How long a media socket may take to say which call it is.",
     .least = second / 10,
     .most = minute},
    {.name = "calls.max_duration",
     .in = VELOX_IN(calls.max_duration),
     .meaning = "The longest call.",
     .least = second,
     .most = 24 * hour},
    {.name = "calls.drain_limit",
     .in = VELOX_IN(calls.drain_limit),
     .meaning = "How long live calls may go on when the engine is stopped.",
     .least = 0,
     .most = 24 * hour},
    {.name = "calls.token_lifetime",
     .in = VELOX_IN(calls.token_lifetime),
     .meaning = "How long the token that admits a media socket is valid.",
     .least = second,
     .most = hour},
    {.name = "calls.per_caller_per_minute",
     .in = VELOX_IN(calls.per_caller_per_minute),
     .meaning = "How many calls one number may make per minute, over all "
                "nodes; more get a busy signal. No person redials every "
                "second, a robot does. Withheld numbers are not counted; 0: "
                "no limit.",
     .least = 0,
     .most = 100000},
    {.name = "calls.restart_limit",
     .in = VELOX_IN(calls.restart_limit),
     .meaning = "How many restarts of a call's parts are allowed in "
                "calls.restart_window; one more ends the call.",
     .least = 0,
     .most = 1000},
    {.name = "calls.restart_window",
     .in = VELOX_IN(calls.restart_window),
     .meaning = "The time in which restarts are counted.",
     .least = second,
     .most = hour},
    {.name = "turns.end_of_turn_silence",
     .in = VELOX_IN(turns.end_of_turn_silence),
     .meaning = "So much silence after words means that the caller is done.",
     .least = 100,
     .most = 10 * second},
    {.name = "turns.idle_prompt_after",
     .in = VELOX_IN(turns.idle_prompt_after),
     .meaning = "After so much silence the agent asks whether the caller is "
                "still there.",
     .least = second,
     .most = 10 * minute},
    {.name = "turns.false_interruption",
     .in = VELOX_IN(turns.false_interruption),
     .meaning = "A sound without words that is this old was no interruption; "
                "the agent goes on.",
     .least = 100,
     .most = 30 * second},
    {.name = "turns.barge_in",
     .in = VELOX_IN(turns.barge_in),
     .meaning = "The caller may interrupt the agent."},
    {.name = "turns.interruption",
     .in = VELOX_IN(turns.interruption),
     .meaning = "What it takes: any sound, a voice of interruption_voice (or "
                "words), or interruption_words words.",
     .choices = {"immediate", "milliseconds", "words", "never"}},
    {.name = "turns.interruption_voice",
     .in = VELOX_IN(turns.interruption_voice),
     .meaning = "How long the voice lasts that interrupts.",
     .least = 20,
     .most = 5 * second},
    {.name = "turns.interruption_words",
     .in = VELOX_IN(turns.interruption_words),
     .meaning = "How many words interrupt; \"mm-hm\" and its like are none.",
     .least = 1,
     .most = 20},
    {
      .name = "turns.judge_words",
      .in = VELOX_IN(turns.judge_words),
      .meaning = "Whether the caller's words decide how long their pause may "
                 "be.",
    },
    {.name = "turns.end_of_turn_sure",
     .in = VELOX_IN(turns.end_of_turn_sure),
     .meaning = "The silence after words that seem complete, such as \"no, "
                "thank you\".",
     .least = 100,
     .most = 10 * second},
    {.name = "turns.end_of_turn_unsure",
     .in = VELOX_IN(turns.end_of_turn_unsure),
     .meaning = "The silence after words that want to go on, such as half a "
                "number.",
     .least = 100,
     .most = 10 * second},
    {.name = "turns.keys_pause",
     .in = VELOX_IN(turns.keys_pause),
     .meaning = "So much time after a key means that the entry is complete.",
     .least = 500,
     .most = 30 * second},
    {.name = "turns.keys_end",
     .in = VELOX_IN(turns.keys_end),
     .meaning = "The key that ends an entry.",
     .choices = {"#", "*", "none"}},
    {.name = "storage.data_dir",
     .in = VELOX_IN(storage.data_dir),
     .meaning = "The directory for the database and the secrets.",
     .environment = "VELOX_DATA_DIR",
     .may_be_empty = false},
    {.name = "storage.database_url",
     .in = VELOX_IN(storage.database_url),
     .meaning = "The PostgreSQL database, such as "
                "postgresql://user:password@host:5432/velox?sslmode="
                "verify-full; empty: an SQLite file in the data directory.",
     .environment = "DATABASE_URL",
     .kind = text_kind::database_url,
     .secret = true},
    {.name = "storage.pool",
     .in = VELOX_IN(storage.pool),
     .meaning = "How many connections to PostgreSQL work at once; SQLite needs "
                "one.",
     .least = 1,
     .most = 64},
    {.name = "storage.statement_timeout",
     .in = VELOX_IN(storage.statement_timeout),
     .meaning = "The longest that PostgreSQL may work on one statement.",
     .least = second / 10,
     .most = 10 * minute},
    {.name = "storage.connect_timeout",
     .in = VELOX_IN(storage.connect_timeout),
     .meaning = "How long connecting to PostgreSQL may take.",
     .least = second / 10,
     .most = minute},
    {.name = "storage.redis_url",
     .in = VELOX_IN(storage.redis_url),
     .meaning = "The Redis through which several nodes share live calls, such "
                "as redis://user:password@host:6379/0; empty, with "
                "storage.redis_host: this process is alone.",
     .environment = "REDIS_URL",
     .secret = true},
    {.name = "storage.redis_host",
     .in = VELOX_IN(storage.redis_host),
     .meaning = "The same by host name, for a Redis without a password.",
     .environment = "REDIS_HOST"},
    {.name = "storage.redis_port",
     .in = VELOX_IN(storage.redis_port),
     .meaning = "The port that goes with storage.redis_host.",
     .environment = "REDIS_PORT",
     .least = 1,
     .most = 65535},
    {.name = "storage.node_name",
     .in = VELOX_IN(storage.node_name),
     .meaning = "This node's name, different on every node and the same after "
                "a restart; empty: host name and port.",
     .environment = "VELOX_NODE_NAME"},
    {.name = "speech.threads",
     .in = VELOX_IN(speech.threads),
     .meaning = "Threads that recognise and synthesise speech without a "
                "vendor.",
     .least = 1,
     .most = 256},
    {.name = "speech.voice",
     .in = VELOX_IN(speech.voice),
     .meaning = "The offline voice of agents that name none.",
     .choices = {"slt", "kal16", "rms", "awb"}},
    {.name = "recording.key",
     .in = VELOX_IN(recording.key),
     .meaning = "The key that recordings are encrypted with: 32 bytes as "
                "hexadecimal digits or base64 (openssl rand -hex 32); empty, "
                "with recording.key_file: one is made and kept in the data "
                "directory. Without it recordings are lost.",
     .environment = "VELOX_RECORDING_KEY",
     .secret = true},
    {.name = "recording.key_file",
     .in = VELOX_IN(recording.key_file),
     .meaning = "A file that holds recording.key.",
     .kind = text_kind::file},
    {.name = "recording.old_key_files",
     .in = VELOX_IN(recording.old_key_files),
     .meaning = "Files with former keys, each as recording.key: they open "
                "recordings that were made with them.",
     .kind = text_kind::file},
    {.name = "recording.keep_days",
     .in = VELOX_IN(recording.keep_days),
     .meaning = "Recordings are deleted after so many days.",
     .least = 1,
     .most = 36500},
    {.name = "agents.files",
     .in = VELOX_IN(agents.files),
     .meaning
     = "Agent files (YAML); an empty list: the built-in example agent, "
       "config/agents/clinic.yaml.",
     .kind = text_kind::file},
    {.name = "billing.initial_credit_seconds",
     .in = VELOX_IN(billing.initial_credit_seconds),
     .meaning = "Talk time that a new organisation gets, in seconds.",
     .least = 0,
     .most = 1000000000},
    {.name = "billing.tick",
     .in = VELOX_IN(billing.tick),
     .meaning = "Talk time is charged in pieces of this length.",
     .least = second,
     .most = hour},
    {.name = "billing.reservation",
     .in = VELOX_IN(billing.reservation),
     .meaning = "A call holds so much talk time ahead, or what is left. Not "
                "less than a tick and a goodbye.",
     .least = minute,
     .most = hour},
    {.name = "billing.ledger_patience",
     .in = VELOX_IN(billing.ledger_patience),
     .meaning = "How long a call goes on though its talk time cannot be "
                "charged; it is charged afterwards.",
     .least = minute,
     .most = hour},
    {.name = "billing.prices",
     .in = VELOX_IN(billing.prices),
     .meaning = "A file with what vendors charge (YAML), for the cost of "
                "calls; empty: the built-in list, config/prices.yaml.",
     .kind = text_kind::file},
    {.name = "stripe.secret_key",
     .in = VELOX_IN(stripe.secret_key),
     .meaning = "Stripe's API key (sk_... or rk_...); empty: nothing is sold "
                "here.",
     .environment = "STRIPE_SECRET_KEY",
     .secret = true},
    {.name = "stripe.webhook_secret",
     .in = VELOX_IN(stripe.webhook_secret),
     .meaning = "The secret of Stripe's webhook endpoint (whsec_...), which "
                "signs what comes to POST /stripe/webhook; empty: all of it is "
                "refused.",
     .environment = "STRIPE_WEBHOOK_SECRET",
     .secret = true},
    {.name = "stripe.starter_price_id",
     .in = VELOX_IN(stripe.starter_price_id),
     .meaning = "Stripe's price (price_...) of the plan STARTER, 1,000 minutes "
                "with each paid invoice.",
     .environment = "STRIPE_STARTER_PRICE_ID"},
    {.name = "stripe.pro_price_id",
     .in = VELOX_IN(stripe.pro_price_id),
     .meaning = "The price of the plan PRO, 5,000 minutes.",
     .environment = "STRIPE_PRO_PRICE_ID"},
    {.name = "stripe.enterprise_price_id",
     .in = VELOX_IN(stripe.enterprise_price_id),
     .meaning = "The price of the plan ENTERPRISE, 20,000 minutes.",
     .environment = "STRIPE_ENTERPRISE_PRICE_ID"},
    {.name = "stripe.base_url",
     .in = VELOX_IN(stripe.base_url),
     .meaning = "Stripe's API.",
     .environment = "STRIPE_BASE_URL",
     .kind = text_kind::url,
     .may_be_empty = false},
    {.name = "stripe.minute_price",
     .in = VELOX_IN(stripe.minute_price),
     .meaning = "What a minute costs that is bought without a plan, in minor "
                "units of the currency (cents); 0: minutes are sold with plans "
                "only.",
     .least = 0,
     .most = 1000000},
    {.name = "stripe.currency",
     .in = VELOX_IN(stripe.currency),
     .meaning = "The currency of stripe.minute_price (ISO 4217, lower case).",
     .may_be_empty = false},
    {.name = "stripe.success_url",
     .in = VELOX_IN(stripe.success_url),
     .meaning = "Where a customer goes after paying; empty: "
                "server.public_url. {CHECKOUT_SESSION_ID} becomes the "
                "session's.",
     .kind = text_kind::url},
    {.name = "stripe.cancel_url",
     .in = VELOX_IN(stripe.cancel_url),
     .meaning = "Where a customer goes who turns back, and from the billing "
                "portal; empty: server.public_url.",
     .kind = text_kind::url},
    {.name = "webhooks.allow_private",
     .in = VELOX_IN(webhooks.allow_private),
     .meaning = "Organisations' webhooks may go to http:// and to private "
                "addresses. For development; with it, whoever sets a webhook "
                "reaches this network."},
    {.name = "webhooks.key",
     .in = VELOX_IN(webhooks.key),
     .meaning = "The key that webhooks' secrets are sealed with in the "
                "database: 32 bytes as hexadecimal digits (openssl rand -hex "
                "32), the same on all nodes; empty: one is made and kept in "
                "the data directory.",
     .environment = "VELOX_WEBHOOK_KEY",
     .secret = true},
    {.name = "webhooks.concurrency",
     .in = VELOX_IN(webhooks.concurrency),
     .meaning = "How many webhooks are under way at once.",
     .least = 1,
     .most = 1000},
    {.name = "log.level",
     .in = VELOX_IN(log.level),
     .meaning = "The least important lines to log.",
     .environment = "VELOX_LOG_LEVEL",
     .choices = {"trace", "debug", "info", "warn", "error", "off"}},
    {.name = "admin_api_key",
     .in = VELOX_IN(admin_api_key),
     .meaning = "The key that opens the API and the console; empty: one is "
                "made and kept in the data directory.",
     .environment = "ADMIN_API_KEY",
     .secret = true},
  };
}

/// The providers come behind what is said of speech.
std::vector<setting_key> all_keys() {
  auto result = engine_keys();
  auto agents = std::find_if(result.begin(), result.end(), [](auto& x) {
    return x.name.starts_with("agents.");
  });
  auto providers = provider_setting_keys();
  result.insert(agents, std::make_move_iterator(providers.begin()),
                std::make_move_iterator(providers.end()));
  return result;
}

#undef VELOX_IN

} // namespace

std::span<const setting_key> setting_keys() {
  static const auto keys = all_keys();
  return keys;
}

} // namespace velox::config

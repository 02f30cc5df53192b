#pragma once

#include "tests/support/vendors/fake_model.hpp"
#include "tests/support/vendors/fake_vendor.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Vendors for calls in real time: they hear real speech and speak about as
/// fast as people do, where those of tests/support/vendors want spelled audio
/// and take no time. Each lets a set of keys in, which may change.

namespace velox::test {

/// The keys that a vendor takes. Any thread.
class key_ring {
public:
  explicit key_ring(std::set<std::string> keys) : keys_(std::move(keys)) {}

  bool has(std::string_view key) const;
  void replace(std::set<std::string> keys);

private:
  mutable std::mutex mutex_;
  std::set<std::string> keys_;
};

/// Deepgram's `/v1/listen`. Knows speech when it hears it, by its level, and
/// has been told what it means.
class phone_ears {
public:
  explicit phone_ears(std::set<std::string> keys, bool tls = true);

  /// What the next utterances say, one each.
  void expect(std::vector<std::string> utterances);
  /// Resets the connection in the middle of the next utterance, once.
  void reset_once() { reset_ = true; }

  /// The audio of each connection, as it came.
  std::vector<std::string> audio() const;
  /// Waits, at most 5 s, until all that `expect` announced was heard.
  bool wait_until_done() const;

  key_ring& keys() { return keys_; }
  fake_vendor& server() { return *server_; }

private:
  class session;

  void answer(const vendor_request& request, vendor_connection& peer);

  key_ring keys_;
  std::atomic<bool> reset_ = false;
  mutable std::mutex mutex_;
  std::deque<std::string> utterances_;
  std::vector<std::string> audio_;
  std::unique_ptr<fake_vendor> server_; // the last: its threads use the others
};

/// Deepgram's `/v1/speak`, by POST and by WebSocket. Every character takes
/// 20 ms; socket audio comes at twice the speed of speech.
class phone_voice {
public:
  explicit phone_voice(std::set<std::string> keys, bool tls = true);

  /// Resets the connection in the middle of each text that contains `words`.
  void die_at(std::string words);

  /// Mu-law noise that is loud, and different for every text.
  static std::string audio_of(std::string_view text);

  std::vector<std::string> texts() const;
  bool was_asked(std::string_view words) const;
  /// How often an answer was called back with `Clear`, or its connection
  /// closed, before it was out.
  int cancelled() const { return cancelled_; }

  key_ring& keys() { return keys_; }
  fake_vendor& server() { return *server_; }

private:
  void answer(const vendor_request& request, vendor_connection& peer);
  void serve(vendor_connection& peer);
  void post(const std::string& text, vendor_connection& peer);
  void note(const std::string& text);
  bool dies_at(std::string_view text) const;

  key_ring keys_;
  std::atomic<int> cancelled_ = 0;
  mutable std::mutex mutex_;
  std::string deadly_;
  std::vector<std::string> texts_;
  std::unique_ptr<fake_vendor> server_; // the last: its threads use the others
};

/// `wire` with other keys than its own. `keys` must outlive it.
std::unique_ptr<model_wire>
with_keys(std::unique_ptr<model_wire> wire, const key_ring& keys);

/// The value behind "Bearer " or "Token "; empty when there is none.
std::string credentials_of(const vendor_request& x);

} // namespace velox::test

#pragma once

#include "protocol/ports.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace velox::test {

/// When a mark comes back.
enum class mark_habit : uint8_t {
  at_once, ///< the caller hears faster than sound, so that tests are quick
  in_time, ///< once what was played before it would have been heard
};

/// A carrier's leg with a caller at its end, for calls in real time. The engine
/// calls it on the shard, a test from its own thread.
class vendor_leg : public carrier_leg {
public:
  explicit vendor_leg(mark_habit habit = mark_habit::at_once) : habit_(habit) {}

  // -- the engine's side
  void report_to(leg_client_actor client) override;
  void play(uint64_t turn, std::span<const uint8_t> mulaw) override;
  void mark(const std::string& name) override;
  void clear() override;
  void close(uint16_t code, std::string reason) override;

  // -- the caller
  /// Says `text` and then nothing for 400 ms, as our voice detection sees it.
  void say(std::string_view text);
  void start_voice();
  /// Audio in batches of 100 ms, all at once.
  void audio(const std::vector<uint8_t>& mulaw);
  void stop_voice();
  void hang_up();

  // -- what came of it
  /// All audio of `turn`.
  std::vector<uint8_t> heard(uint64_t turn) const;
  /// All audio that the engine has sent in all.
  std::size_t heard_bytes() const;
  /// All audio that the caller has sent.
  std::string spoken() const;
  std::size_t clears() const;
  /// How much of `turn` was played after the last `clear`.
  std::size_t heard_after_clear(uint64_t turn) const;
  bool closed() const;
  std::string close_reason() const;

  /// Waits, at most 10 s, until `what` of this leg; asked after each event.
  bool wait_for(const std::function<bool(const vendor_leg&)>& what) const;

private:
  using clock = std::chrono::steady_clock;

  template <class T>
  void report(T x);

  const mark_habit habit_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  leg_client_actor client_;
  std::map<uint64_t, std::vector<uint8_t>> heard_;
  std::map<uint64_t, std::size_t> after_clear_;
  std::string spoken_;
  std::size_t clears_ = 0;
  bool closed_ = false;
  std::string close_reason_;
  clock::time_point played_until_{};
};

} // namespace velox::test

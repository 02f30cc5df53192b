#pragma once

#include "protocol/messages.hpp"

#include <optional>
#include <string>

namespace velox::actors {

/// The call log on its way to the store: numbers events, and hands out batches
/// one at a time, so that they arrive in order and none is lost when the store
/// is away for a while.
class call_journal {
public:
  /// More events, or messages, are not kept when the store stays away, be it
  /// that it fails or that it does not answer: the oldest go first, some
  /// `slack` at a time. As much again may be under way.
  static constexpr size_t limit = 10'000;
  static constexpr size_t slack = 1'000;

  /// `first` is the number of the first event, from 1 on; `fence` goes with
  /// every batch.
  void open(std::string call_id, uint64_t first, int64_t fence = 0);

  void add(unix_ms at, std::string kind, uint64_t turn, std::string detail);
  void add(message_record x);
  void add(usage_event x);

  /// The next batch; nothing while there is none or one is under way.
  std::optional<call_log_batch> take();

  /// The batch under way is stored.
  void stored();

  /// The batch under way is not stored: it is handed out again.
  void failed();

  bool empty() const;

private:
  bool nothing_waits() const;

  std::string call_id_;
  uint64_t next_ = 1;
  int64_t fence_ = 0;
  uint64_t first_ = 1; ///< so that no usage has the number of one in the past
  uint64_t usage_noted_ = 0;
  call_log_batch waiting_;
  std::optional<call_log_batch> under_way_;
};

} // namespace velox::actors

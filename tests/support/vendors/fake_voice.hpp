#pragma once

#include "tests/support/vendors/fake_vendor.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

/// What the fakes of all voices share: audio that is different for every text,
/// and the places where a test may stop it.

namespace velox::test {

class fake_voice {
public:
  virtual ~fake_voice() = default;

  // -- what a test wants; at any time
  /// Stops each answer behind so many pieces until this is called again; -1:
  /// none. 0 is a vendor that takes everything and says nothing.
  void hold_after(int pieces) { held_ = pieces; }
  /// Resets the connection behind so many pieces of an answer; -1: never.
  void reset_after(int pieces) { reset_ = pieces; }
  /// Closes the socket behind so many pieces, with this code.
  void close_after(int pieces, uint16_t code);
  /// Answers with words that are none.
  void talk_nonsense(bool x) { nonsense_ = x; }

  // -- what happened
  /// The texts that it was asked to say, in order.
  std::vector<std::string> texts() const;
  /// What else it was told, in the vendor's words ("Clear").
  std::vector<std::string> commands() const;
  /// Waits, at most 5 s, until it was asked for so many texts.
  bool wait_for_texts(size_t count) const;
  /// Waits, at most 5 s, until it was told this.
  bool wait_for_command(std::string_view command) const;

  fake_vendor& server() { return *server_; }

  /// The audio of `text`: 800 bytes and more, as the fake sends it.
  static std::vector<uint8_t> audio_of(std::string_view text);

protected:
  void
  listen(fake_vendor::behaviour answer, std::function<std::string(int)> words);

  void note_text(std::string_view text);
  void note_command(std::string_view command);

  /// One answer being sent in pieces.
  struct speaking {
    std::string context;
    std::string text;
    std::vector<std::string> pieces; ///< raw audio
    size_t sent = 0;
    bool stale = false; ///< was cancelled, and runs to its end
  };

  static speaking speak(std::string_view context, std::string_view text,
                        const std::vector<uint8_t>& audio);

  /// Whether the next piece may go out. Resets or closes the connection when
  /// the test wants that.
  bool may_send(const speaking& x, vendor_connection& connection) const;

  /// Sends all of an HTTP answer, piece by piece, as `write` frames it.
  void stream(vendor_connection& connection, speaking x,
              const std::function<std::string(const speaking&)>& write) const;

  bool nonsense() const { return nonsense_; }
  int held() const { return held_; }

private:
  std::atomic<int> held_ = -1;
  std::atomic<int> reset_ = -1;
  std::atomic<int> close_ = -1;
  std::atomic<uint16_t> close_code_ = 1000;
  std::atomic<bool> nonsense_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
  std::vector<std::string> commands_;
  /// Last, so that its threads end first.
  std::unique_ptr<fake_vendor> server_;
};

/// The value of a JSON member that is text; empty when there is none.
std::string member_of(std::string_view json, std::string_view name);

} // namespace velox::test

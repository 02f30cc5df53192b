#pragma once

#include "bench/turn_board.hpp"
#include "tests/support/vendors/fake_vendor.hpp"

#include <string>
#include <vector>

namespace velox::bench {

/// How long the model and the voice wait before they answer.
inline constexpr std::chrono::milliseconds model_delay{100};
inline constexpr std::chrono::milliseconds voice_delay{50};

/// Where the vendors are, as `--vendors` has it.
struct vendor_places {
  std::string recognizer;
  std::string model;
  std::string voice;
  std::string ca_file;

  std::vector<std::string> arguments() const;

  /// Throws std::invalid_argument unless there are four.
  static vendor_places from(const std::vector<std::string>& arguments);
};

/// A recogniser (Deepgram Flux), a model (OpenAI) and a voice (Deepgram's
/// /v1/speak) over real sockets, which note on `board` what they read and
/// write. `board` lives longer.
class turn_vendors {
public:
  turn_vendors(turn_board& board, bool tls);

  vendor_places places() const;

  /// Connections that are open now; a thread of ours each.
  int open() const;

private:
  test::fake_vendor recognizer_;
  test::fake_vendor model_;
  test::fake_vendor voice_;
};

} // namespace velox::bench

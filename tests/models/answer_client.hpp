#pragma once

#include "protocol/ports.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace velox::test {

/// All that a language model has reported, in its order.
struct reported {
  std::vector<tokens> pieces;
  std::vector<tool_calls> calls;
  std::vector<answer_done> done;
  std::vector<provider_failed> failed;
  std::string order; ///< 't' tokens, 'c' calls, 'd' done, 'f' failed

  /// What was said in `turn`; by default in all.
  std::string text(uint64_t turn = 0) const;
};

/// The llm actor of a session, posed by a real actor that records.
class answer_client {
public:
  answer_client();
  ~answer_client();
  answer_client(const answer_client&) = delete;
  answer_client& operator=(const answer_client&) = delete;

  const answer_client_actor& handle() const { return actor_; }

  /// Waits, at most 20 s, until `holds` of what was reported.
  bool wait(const std::function<bool(const reported&)>& holds) const;

  bool wait_done(size_t count = 1) const;
  bool wait_failed() const;
  bool wait_calls(size_t count = 1) const;
  bool wait_text(const std::string& text) const;

  /// What was reported, once all that was sent before has been read.
  reported now() const;

private:
  struct record {
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    reported all;
    uint64_t echoes = 0;
  };

  struct config : caf::actor_system_config {
    config() { add_message_types<caf::id_block::velox>(); }
  };

  std::shared_ptr<record> record_ = std::make_shared<record>();
  config config_;
  caf::actor_system system_{config_};
  answer_client_actor actor_;
};

} // namespace velox::test

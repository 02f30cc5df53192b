#pragma once

#include "protocol/messages.hpp"
#include "tests/support/vendors/fake_vendor.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the fakes of all language models share: answers as a test wants them,
/// written as each vendor writes them.

namespace velox::test {

/// How an answer ends.
enum class fake_end : uint8_t {
  normal,
  length,  ///< cut off by the limit of tokens
  blocked, ///< nothing is said: the vendor's filter was against it
  error,   ///< the vendor's error within the stream, behind the text
  dropped, ///< the body ends properly, but too soon
  reset,   ///< the connection is reset behind the text
  held,    ///< nothing follows until the peer leaves
};

struct fake_answer {
  std::vector<std::string> text{"Good ", "morning ", "to ", "you."};
  std::vector<tool_call> calls{};
  fake_end end = fake_end::normal;
  std::string verbatim{}; ///< this body in place of all that
};

/// How one vendor writes. Immutable: any thread.
class model_wire {
public:
  virtual ~model_wire() = default;

  virtual std::string content_type() const = 0;
  virtual std::string opening() const { return {}; }
  virtual std::string text(std::string_view piece) const = 0;
  virtual std::vector<std::string>
  calls(const std::vector<tool_call>& calls) const = 0;
  /// The end of the stream, with 20 tokens read and 9 written. `called`: the
  /// model has asked for tools.
  virtual std::string closing(fake_end end, bool called) const = 0;
  virtual std::string error_in_stream() const = 0;
  /// The body of an error with this status.
  virtual std::string error_body(int status) const = 0;
  /// What is wrong with a request: the status and the body to answer.
  virtual std::optional<std::pair<int, std::string>>
  complaint(const vendor_request& x) const = 0;
};

class fake_model {
public:
  explicit fake_model(std::unique_ptr<model_wire> wire, bool tls = true);

  fake_vendor& server() { return server_; }
  const model_wire& wire() const { return *wire_; }

  /// What the next requests get, one each; then `fake_answer{}` again.
  void next(fake_answer x);

  /// Answers the next `times` requests with this error, in the vendor's words.
  void refuse(int status, int times = 1, std::string retry_after = {});

  /// The bodies of all requests.
  std::vector<std::string> bodies() const;

private:
  void serve(const vendor_request& x, vendor_connection& peer);
  void write(const fake_answer& x, vendor_connection& peer) const;

  std::unique_ptr<model_wire> wire_;
  std::mutex mutex_;
  std::deque<fake_answer> next_;
  fake_vendor server_; // the last member: its threads use the others
};

} // namespace velox::test

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// TwiML, the XML in which a carrier is told what to do with a call (Twilio
/// docs, "TwiML for Programmable Voice"): the verbs the engine uses. An empty
/// text attribute is not written.

namespace velox::twiml {

/// A value that arrives in the stream's `start` frame. Name and value together
/// may have up to 500 characters.
struct parameter {
  std::string name{};
  std::string value{};
  bool operator==(const parameter&) const = default;
};

/// Connects the call to a media socket, both ways. Verbs behind it run when the
/// socket is closed.
struct connect {
  std::string url{};             ///< wss://, without a query string
  std::string name{};            ///< unique within the call
  std::string status_callback{}; ///< absolute URL
  std::vector<parameter> parameters{};
  std::string action{}; ///< where the carrier goes on; else next verb
  bool operator==(const connect&) const = default;
};

/// Speaks with the carrier's own voice.
struct say {
  std::string text{}; ///< up to 4096 characters
  std::string voice{};
  std::string language{}; ///< BCP 47
  bool operator==(const say&) const = default;
};

/// Fetches the TwiML behind a URL and goes on there.
struct redirect {
  std::string url{};
  std::string method{}; ///< "GET" or "POST" (when empty)
  bool operator==(const redirect&) const = default;
};

/// Refuses the call, unbilled; only as the first verb.
struct reject {
  std::string reason = "rejected"; ///< or "busy"
  bool operator==(const reject&) const = default;
};

/// Ends the call.
struct hangup {
  bool operator==(const hangup&) const = default;
};

/// Calls somebody else and connects the two.
struct dial {
  std::string number{};
  std::optional<unsigned>
    timeout{}; ///< seconds of ringing; carrier's default 30
  std::string caller_id{};
  std::string action{};
  bool operator==(const dial&) const = default;
};

/// Waits.
struct pause {
  unsigned length = 1; ///< seconds
  bool operator==(const pause&) const = default;
};

/// A verb that this engine never writes; the reader keeps its name.
struct other_verb {
  std::string name{};
  bool operator==(const other_verb&) const = default;
};

using verb = std::variant<connect, say, redirect, reject, hangup, dial, pause,
                          other_verb>;

/// One document.
struct response {
  std::vector<verb> verbs;

  /// Appends a verb: `response{}.add(say{...}).add(hangup{})`.
  response& add(verb x) {
    verbs.push_back(std::move(x));
    return *this;
  }

  /// The document as XML 1.0. Characters that XML cannot carry are dropped.
  std::string str() const;

  bool operator==(const response&) const = default;
};

/// What was wrong with a document; empty text means nothing was.
struct read_error {
  std::string text{};
  /// True when there is an error.
  explicit operator bool() const { return !text.empty(); }
};

/// Reads a document of up to 64 KiB. Unknown attributes are ignored; a DOCTYPE,
/// an unknown entity or a missing end tag is an error. On an error `out` is
/// unchanged.
read_error read(std::string_view xml, response& out);

} // namespace velox::twiml

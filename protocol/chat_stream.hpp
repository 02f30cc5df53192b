#pragma once

#include "protocol/messages.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What the streams of all chat vendors have in common.

namespace velox {

/// How far an answer is.
enum class chat_state : uint8_t {
  open,     ///< more is to come
  finished, ///< nothing more is to be said; usage may still follow
  complete, ///< the vendor has said that it has nothing more to send
  failed,   ///< see `chat_stream::trouble`
};

/// Why a vendor does not answer. `why` holds fixed words and the vendor's own
/// code ("insufficient_quota"), never its message: that may quote the key or
/// what was said.
struct chat_trouble {
  provider_errc code = provider_errc::broken;
  std::string why{};
  int64_t retry_after_ms = 0;
  /// The model takes no tools: the same request without them may do.
  bool tools_refused = false;
};

/// Reads one answer as it streams in.
class chat_stream {
public:
  virtual ~chat_stream() = default;

  /// Takes the next bytes of the body, which may end anywhere, and appends
  /// what is to be said to `text`: thoughts never are.
  virtual void push(std::string_view bytes, std::string& text) = 0;

  /// The body is complete; the last line need not have ended.
  virtual void close(std::string& text) = 0;

  chat_state state() const { return state_; }

  /// With `chat_state::failed`.
  const chat_trouble& trouble() const { return trouble_; }

  /// What the model wants done, in its order, once it has finished. Arguments
  /// are always a JSON object: "{}" for those that are none.
  const std::vector<tool_call>& calls() const { return calls_; }

  /// What was used so far.
  const token_usage& usage() const { return usage_; }

  /// The model's turn as its vendor wants it back with the results of `calls`:
  /// one JSON message.
  virtual std::string echo() const = 0;

protected:
  void fail(provider_errc code, std::string why) {
    trouble_ = {code, std::move(why)};
    state_ = chat_state::failed;
  }

  chat_state state_ = chat_state::open;
  chat_trouble trouble_;
  std::vector<tool_call> calls_;
  token_usage usage_;
};

/// A vendor's code as it may be logged: its letters, digits, '_', '-' and '.',
/// at most 64.
std::string loggable(std::string_view code);

/// What an HTTP status other than 200 means when the body does not say it
/// better.
provider_errc code_of_status(int status);

/// "http 429" or "http 429: insufficient_quota".
std::string status_text(int status, std::string_view code = {});

/// The wait that a Retry-After header asks for, in milliseconds (RFC 9110,
/// 10.2.3: seconds, or a date; `now` in seconds since 1970 for that). 0 when
/// it is neither, or in the past; at most an hour.
int64_t parse_retry_after(std::string_view value, int64_t now);

/// `text` if it is one JSON object, else "{}".
std::string object_or_empty(std::string_view text);

/// Keeps back what a model thinks aloud: open models write it in front of the
/// answer, between <think> and </think>.
class think_filter {
public:
  /// The part of `text` that may be said, now that this has come.
  std::string push(std::string_view text);

  /// What was kept back and is no thought after all.
  std::string flush();

private:
  /// `behind`: in the white space between thought and answer.
  enum class place : uint8_t { start, thought, behind, answer };

  place place_ = place::start;
  std::string held_;
};

} // namespace velox

#pragma once

#include "adapters/language/models/models.hpp"
#include "adapters/speech/client.hpp"
#include "protocol/chat_request.hpp"
#include "protocol/chat_stream.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace velox::language {

/// What is special about one vendor. It keeps nothing of an answer: that is in
/// the stream it opens.
class chat_codec {
public:
  virtual ~chat_codec() = default;

  /// How it wants the conversation.
  virtual chat_style style() const = 0;

  /// URL, headers and body; method and deadlines are the session's.
  virtual net::request
  request(const net::vendor_access& access, const chat_request& x) const = 0;

  virtual std::unique_ptr<chat_stream> open() const = 0;

  /// The messages that carry the results of one step.
  virtual std::vector<std::string>
  results(const std::vector<tool_result>& results) const = 0;

  /// What an answer other than 200 means.
  virtual chat_trouble trouble(int status, std::string_view body) const = 0;
};

using chat_codec_ptr = std::shared_ptr<const chat_codec>;

/// One call's conversation with a vendor: a request per step of an answer, its
/// deadlines, its cancellation, and what becomes of it. All but the
/// constructor, `forbid` and `client` run on the outbound's thread.
class chat_session : public std::enable_shared_from_this<chat_session> {
public:
  chat_session(net::vendor vendor, net::outbound_ptr out, chat_codec_ptr codec,
               const model_options& options, const language_model_options& call,
               const answer_client_actor& client);

  void answer(const prompt& x);
  void use_results(const tool_results& x);
  void cancel(uint64_t turn);
  void leave();

  /// Reports nothing of `turn` and turns before it from now on. Any thread.
  void forbid(uint64_t turn);

  speech::client_of<answer_client_actor> client;

private:
  void ask();
  void drop();
  void on_head(const net::response_head& head);
  void on_piece(std::string_view bytes);
  void on_ended();
  void on_failed(const net::error& error);
  void on_progress(std::string& text);
  void conclude();
  void refused();
  void fail(chat_trouble trouble);
  net::exchange_handlers handlers();

  template <class Message>
  void report(Message message) {
    if (turn_ > forbidden_.load(std::memory_order_relaxed))
      client.tell(std::move(message));
  }

  net::vendor vendor_;
  net::outbound_ptr out_;
  chat_codec_ptr codec_;
  model_options options_;
  std::vector<tool_definition> tools_;
  std::atomic<uint64_t> forbidden_ = 0;

  // -- the answer under way
  uint64_t turn_ = 0;
  uint32_t attempt_ = 0;
  chat_request request_;
  token_usage usage_; ///< of the steps before this one
  int steps_ = 0;
  /// The model waits for the results of what this stream asked for.
  bool waiting_ = false;

  // -- the request under way
  uint64_t number_ = 0; ///< what an earlier one reports means nothing
  std::unique_ptr<chat_stream> stream_;
  std::shared_ptr<net::exchange> exchange_;
  std::unique_ptr<net::timer> deadline_;
  std::unique_ptr<net::timer> settling_;
  net::response_head head_;
  std::string refusal_; ///< the body of an answer other than 200
};

/// A factory of sessions that speak as `codec` does.
language_model_factory
chat_model(net::vendor vendor, chat_codec_ptr codec, model_options options);

} // namespace velox::language

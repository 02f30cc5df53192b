#pragma once

#include "adapters/speech/synthesizers/voice_session.hpp"

#include <functional>
#include <map>

namespace velox::speech {

/// What a stretch of a vendor's answer holds.
struct heard_audio {
  std::vector<uint8_t> mulaw;
  std::vector<spoken_word> words;
};

/// Turns the body of one answer into audio, piece by piece, however it is cut.
class answer_reader {
public:
  virtual ~answer_reader() = default;

  /// Appends what `bytes` adds. False when it makes no sense.
  virtual bool feed(std::string_view bytes, heard_audio& out) = 0;

  /// Appends what is still inside; the body is complete. False when it ought
  /// not to be.
  virtual bool finish(heard_audio&) { return true; }
};

/// How to ask one vendor, and how to read its answers.
struct http_recipe {
  std::function<net::request(const net::vendor_access&, const std::string&)>
    ask;
  std::function<std::unique_ptr<answer_reader>(const net::response_head&)>
    reader;
  /// The vendor's word in the body of an error answer.
  std::function<std::string(std::string_view)> error_code;
};

/// A body that is mu-law as it is.
std::unique_ptr<answer_reader> make_plain_reader();

/// Says each text by a request of its own; cancelling one gives up the request.
class http_voice : public voice_session {
public:
  http_voice(std::string name, net::outbound_ptr out,
             const synthesis_client_actor& client, text_limit limit,
             const voice_options& options,
             std::function<net::vendor_access()> access, http_recipe recipe);

protected:
  void start(uint64_t id, const std::string& text) override;
  void stop(uint64_t id) override;
  void disconnect() override;

private:
  struct answer {
    std::shared_ptr<net::exchange> exchange;
    std::unique_ptr<answer_reader> reader; ///< null: an error answer
    net::response_head refused{};
    std::string refused_body{};
  };

  void on_head(uint64_t id, const net::response_head& head);
  void on_piece(uint64_t id, std::string_view bytes);
  void on_ended(uint64_t id);
  void on_failed(uint64_t id, const net::error& why);
  void give_up(uint64_t id);

  const std::function<net::vendor_access()> access_;
  const http_recipe recipe_;
  std::map<uint64_t, answer> answers_;
};

/// `base` and `path`, with `version` ("/v1") between them unless one of them
/// has it.
std::string join_url(const std::string& base, std::string_view version,
                     std::string_view path);

/// A POST of JSON with the deadlines of a voice.
net::request json_post(std::string url, std::string body);

} // namespace velox::speech

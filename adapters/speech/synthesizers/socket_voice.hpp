#pragma once

#include "adapters/speech/synthesizers/voice_session.hpp"

#include <functional>

namespace velox::speech {

/// Says texts over one WebSocket that is opened with the session. A vendor that
/// closes it while nothing is owed is expected to: it is opened again. A loss
/// while something is owed ends the session, unless the vendor closed it in a
/// friendly way before it said a word (our text crossed its goodbye).
class socket_voice : public voice_session {
public:
  socket_voice(std::string name, net::outbound_ptr out,
               const synthesis_client_actor& client, text_limit limit,
               const voice_options& options,
               std::function<net::vendor_access()> access);

protected:
  // -- what a vendor's class does
  virtual net::socket_request request(const net::vendor_access& access) = 0;
  /// Asks for `text`; the socket is there, if maybe not open yet.
  virtual void speak(uint64_t id, const std::string& text) = 0;
  virtual void on_text(std::string_view message) = 0;
  virtual void on_binary(std::string_view) {}
  /// A new socket: what was said on the one before means nothing any more.
  virtual void forget() = 0;
  /// The vendor's word in the body of a refused handshake.
  virtual std::string error_code(std::string_view body) = 0;

  void write(std::string message);

private:
  void connect() override;
  void start(uint64_t id, const std::string& text) override;
  void disconnect() override;
  void on_closed(const net::socket_end& end);
  net::socket_handlers handlers();

  const std::function<net::vendor_access()> access_;
  std::shared_ptr<net::socket> socket_; ///< null: none
  uint64_t sockets_ = 0;                ///< numbers them
  bool opened_ = false;
  std::chrono::steady_clock::time_point opened_at_{};
  /// Why no socket could be opened while none was needed.
  std::optional<voice_failure> refusal_;
  std::chrono::steady_clock::time_point refused_at_{};
};

/// `base` with ws instead of http, or wss instead of https.
std::string socket_url(const std::string& base);

} // namespace velox::speech

#pragma once

#include "adapters/net/outbound.hpp"
#include "adapters/speech/client.hpp"
#include "protocol/ports.hpp"
#include "protocol/recognised_words.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What the sessions of all vendors have in common.

namespace velox::speech {

/// A session, on the thread of its outbound. It reports until it has failed or
/// was told to leave; its timers and its socket go with that.
class session : public std::enable_shared_from_this<session> {
public:
  session(net::outbound_ptr out, std::string vendor,
          const recognition_client_actor& client)
    : client(client), out_(std::move(out)), vendor_(std::move(vendor)) {}
  virtual ~session() = default;
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  virtual void start() = 0;
  virtual void hear(std::vector<uint8_t> mulaw) = 0;
  virtual void began() = 0;
  virtual void ended() = 0;

  /// The handle is gone.
  virtual void leave() = 0;

  /// Any thread may make it fall silent.
  client_of<recognition_client_actor> client;

protected:
  /// A timer that does nothing once the session has ended.
  template <class Session>
  std::unique_ptr<net::timer>
  after(net::milliseconds wait, void (Session::*handler)()) {
    return out_->after(wait, [weak = weak_from_this(), handler] {
      auto me = std::static_pointer_cast<Session>(weak.lock());
      if (me && !me->over_)
        (*me.*handler)();
    });
  }

  void report(recognised_list& list);

  net::outbound_ptr out_;
  std::string vendor_; ///< for texts
  bool over_ = false;  ///< failed or left
};

/// A session over a WebSocket: opening, keeping audio until then, failing,
/// leaving.
class socket_session : public session {
public:
  using session::session;

  void connect_to(net::socket_request x) { request_ = std::move(x); }

  void start() override;
  void hear(std::vector<uint8_t> mulaw) override;
  void leave() override;

protected:
  // -- what a vendor does its own way

  /// The next stretch of audio, once the socket is open; never empty.
  virtual void send_audio(std::vector<uint8_t> mulaw) {
    socket_->binary(std::move(mulaw));
  }
  /// The socket is open and what was kept is sent; it would have lasted
  /// `waited`.
  virtual void on_open(net::milliseconds waited) = 0;
  /// A text frame. False: it makes no sense.
  virtual bool on_text(std::string_view frame) = 0;
  virtual std::string_view goodbye() const = 0;
  virtual provider_errc meaning_of_close(int64_t code) const = 0;

  // -- what it uses

  bool open() const { return open_; }
  void send(std::string_view text) { socket_->text(std::string{text}); }
  void fail(provider_failed why);
  /// The vendor says in band that it cannot go on.
  void fail(provider_errc code, std::string_view word);
  /// Stops the vendor's own timers.
  virtual void stop_timers() = 0;

private:
  void on_closed(const net::socket_end& x);
  void let_go();

  net::socket_request request_;
  std::shared_ptr<net::socket> socket_;
  bool open_ = false;
  std::deque<std::vector<uint8_t>> kept_; ///< audio from before it was open
  std::size_t kept_bytes_ = 0;
  int senseless_ = 0; ///< frames in a row
  std::unique_ptr<net::timer> linger_;
};

/// What a factory returns: hands everything to the session's thread.
class session_handle : public speech_recognizer {
public:
  session_handle(net::outbound_ptr out, std::shared_ptr<session> x);
  ~session_handle() override;

  void hear(std::vector<uint8_t> mulaw) override;
  void utterance_began() override;
  void utterance_ended() override;

private:
  net::outbound_ptr out_;
  std::shared_ptr<session> session_;
};

} // namespace velox::speech

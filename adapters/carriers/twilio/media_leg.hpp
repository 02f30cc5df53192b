#pragma once

#include "adapters/carriers/twilio/media_session.hpp"

#include <memory>
#include <string>
#include <utility>

/// INTERNAL to media_session.cpp.

namespace velox::carriers::twilio {

/// The wire as the stream actor holds it. Dropping it hangs up.
class media_leg final : public carrier_leg {
public:
  explicit media_leg(std::shared_ptr<media_session> session)
    : session_(std::move(session)) {}

  ~media_leg() override {
    session_->close(websocket::normal_closure, "the call is over");
  }

  void report_to(leg_client_actor client) override {
    session_->report_to(client);
  }

  void listen_for(const listening_options& what) override {
    session_->listen_for(what);
  }

  void play(uint64_t, std::span<const uint8_t> mulaw) override {
    session_->play(mulaw);
  }

  void mark(const std::string& name) override { session_->mark(name); }

  void clear() override { session_->clear(); }

  void close(uint16_t code, std::string reason) override {
    session_->close(code, std::move(reason));
  }

private:
  std::shared_ptr<media_session> session_;
};

} // namespace velox::carriers::twilio

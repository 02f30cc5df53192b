#include "adapters/carriers/twilio/media_socket.hpp"

#include "adapters/carriers/twilio/media_session.hpp"

#include <utility>

namespace velox::carriers::twilio {

http::websocket_handler
media_socket(media_options options, voice_detector_factory detectors,
             start_handler on_start, std::shared_ptr<http::metrics> counts,
             tone_detector_factory tones) {
  auto parts = std::make_shared<media_parts>(
    media_parts{std::move(options), std::move(detectors), std::move(on_start),
                std::move(counts), std::move(tones)});
  return [parts](const http::request&, http::upgrade handshake) {
    auto session = std::make_shared<media_session>(parts);
    auto wire
      = websocket::accept(std::move(handshake), parts->options.socket, session);
    if (!wire)
      return;
    session->attach(wire);
    wire->after(parts->options.start_timeout,
                [weak = std::weak_ptr<media_session>(session)] {
                  if (auto me = weak.lock())
                    me->start_timed_out();
                });
  };
}

} // namespace velox::carriers::twilio

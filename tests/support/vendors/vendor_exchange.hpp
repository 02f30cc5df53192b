#pragma once

#include "tests/support/vendors/vendor_frames.hpp"
#include "tests/support/vendors/vendor_http.hpp"

#include <deque>

namespace velox::test {

/// One request and its answer, or one WebSocket: what a behaviour talks to.
class vendor_exchange final : public vendor_connection {
public:
  vendor_exchange(vendor_wire& wire, read_vendor_request asked,
                  vendor_trouble trouble);

  void
  respond(int status, std::string_view body, vendor_headers headers) override;
  void begin(int status, vendor_headers headers) override;
  void piece(std::string_view bytes) override;
  void end() override;

  void accept(vendor_headers headers) override;
  void text(std::string_view message) override;
  void binary(std::string_view message) override;
  std::optional<vendor_message> receive(milliseconds wait) override;
  void close(uint16_t code, std::string_view reason) override;

  void raw(std::string_view bytes) override;
  void pause(milliseconds span) override;
  void reset() override { wire_.reset(); }
  void fall_silent() override { silent_ = true; }

  /// Runs the behaviour, or what the trouble puts in its place. True when the
  /// connection serves another request.
  bool run(const fake_vendor::behaviour& behaviour,
           const std::function<std::string(int)>& words);

  /// The peer left before the end of the answer.
  bool abandoned() const { return !complete_ && !wire_.ended_here(); }

private:
  enum class stage { asked, begun, answered, upgraded };

  void expect(stage x) const;
  bool run_trouble(const std::function<std::string(int)>& words);
  void explain(const std::exception& x);
  bool finish();

  /// Writes to the wire, with all the trouble that is set.
  void emit(std::string_view bytes);
  void emit_pieces(std::string_view bytes);
  void emit_frame(frame_kind kind, std::string_view payload);
  /// Waits, reads meanwhile, and throws `vendor_gone` when the peer leaves.
  void idle(vendor_clock::time_point until);

  void take_frames();
  void on_frame(vendor_frame x);
  void on_close(std::string_view payload);
  void flush_replies();

  vendor_wire& wire_;
  vendor_request request_;
  vendor_trouble trouble_;
  bool keep_alive_ = true;
  stage stage_ = stage::asked;
  bool chunked_ = false;
  bool complete_ = false; ///< nothing is owed to the peer any more
  bool silent_ = false;

  bool begun_ = false;   ///< the first byte of the answer is out
  bool writing_ = false; ///< within a frame: no other may begin
  int64_t written_ = 0;

  std::string replies_{}; ///< frames that wait for the end of the one begun
  std::deque<vendor_message> messages_{};
  std::optional<vendor_message> partial_{};
  bool peer_closed_ = false;
  bool close_sent_ = false;
  bool interrupted_ = false; ///< by the peer's close frame
};

} // namespace velox::test

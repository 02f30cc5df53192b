#include "tests/support/vendors/vendor_exchange.hpp"

#include <algorithm>

namespace velox::test {

using namespace std::chrono_literals;

namespace {

constexpr auto forever = vendor_clock::time_point::max();

bool names(const vendor_headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [name](auto& x) { return same_name(x.first, name); });
}

/// No body follows these, whatever the length says.
bool without_body(const std::string& method, int status) {
  return method == "HEAD" || status == 204 || status == 304;
}

vendor_clock::time_point in(milliseconds span) {
  return vendor_clock::now() + span;
}

} // namespace

vendor_exchange::vendor_exchange(vendor_wire& wire, read_vendor_request asked,
                                 vendor_trouble trouble)
  : wire_(wire), request_(std::move(asked.request)),
    trouble_(std::move(trouble)),
    // A client whose handshake is refused does not ask again.
    keep_alive_(asked.keep_alive && !request_.is_websocket) {}

// -- HTTP

void vendor_exchange::respond(int status, std::string_view body,
                              vendor_headers headers) {
  expect(stage::asked);
  if (!names(headers, "Content-Length") && status != 204)
    headers.emplace_back("Content-Length", std::to_string(body.size()));
  begin(status, std::move(headers));
  chunked_ = false;
  if (!body.empty() && !without_body(request_.method, status))
    emit(body);
  end();
}

void vendor_exchange::begin(int status, vendor_headers headers) {
  expect(stage::asked);
  stage_ = stage::begun;
  chunked_ = !names(headers, "Content-Length")
             && !without_body(request_.method, status);
  if (chunked_)
    headers.emplace_back("Transfer-Encoding", "chunked");
  for (auto& [name, value] : headers)
    if (same_name(name, "Connection") && has_token(value, "close"))
      keep_alive_ = false;
  if (!keep_alive_ && !names(headers, "Connection"))
    headers.emplace_back("Connection", "close");
  idle(vendor_clock::now());
  emit(response_head(status, headers));
}

void vendor_exchange::piece(std::string_view bytes) {
  expect(stage::begun);
  idle(vendor_clock::now());
  if (bytes.empty())
    return; // as a chunk it would be the last one
  if (!chunked_)
    return emit(bytes);
  static constexpr auto digits = "0123456789abcdef";
  std::string size;
  for (auto n = bytes.size(); n > 0; n /= 16)
    size.insert(size.begin(), digits[n % 16]);
  emit(size.append("\r\n").append(bytes).append("\r\n"));
}

void vendor_exchange::end() {
  expect(stage::begun);
  if (chunked_)
    emit("0\r\n\r\n");
  stage_ = stage::answered;
  complete_ = !silent_;
}

// -- WebSocket

void vendor_exchange::accept(vendor_headers headers) {
  expect(stage::asked);
  if (!request_.is_websocket)
    throw std::logic_error("the request is no WebSocket handshake");
  headers.insert(headers.begin(),
                 {{"Upgrade", "websocket"},
                  {"Connection", "Upgrade"},
                  {"Sec-WebSocket-Accept",
                   accept_of(request_.header("Sec-WebSocket-Key"))}});
  emit(response_head(101, headers));
  stage_ = stage::upgraded;
}

void vendor_exchange::text(std::string_view message) {
  expect(stage::upgraded);
  idle(vendor_clock::now());
  emit_frame(frame_kind::text, message);
}

void vendor_exchange::binary(std::string_view message) {
  expect(stage::upgraded);
  idle(vendor_clock::now());
  emit_frame(frame_kind::binary, message);
}

std::optional<vendor_message> vendor_exchange::receive(milliseconds wait) {
  expect(stage::upgraded);
  auto until = in(wait);
  for (;;) {
    take_frames();
    if (!messages_.empty()) {
      auto out = std::move(messages_.front());
      messages_.pop_front();
      if (out.closed)
        complete_ = true; // the peer has taken its leave, and was heard
      return out;
    }
    if (peer_closed_)
      throw vendor_gone{};
    try {
      if (!wire_.fill(until))
        return std::nullopt;
    } catch (const vendor_gone&) {
      if (wire_.ended_here())
        throw;
      peer_closed_ = true;
      return vendor_message{false, true, 1006, {}};
    }
  }
}

void vendor_exchange::close(uint16_t code, std::string_view reason) {
  expect(stage::upgraded);
  if (close_sent_)
    return;
  close_sent_ = true;
  emit_frame(frame_kind::close, close_payload(code, reason));
  complete_ = !silent_ && !interrupted_;
  try {
    auto until = in(2s);
    do
      take_frames();
    while (!peer_closed_ && wire_.fill(until));
  } catch (const vendor_gone&) {
    if (wire_.ended_here())
      throw;
  }
}

void vendor_exchange::take_frames() {
  try {
    while (!peer_closed_) {
      auto x = take_frame(wire_.inbox);
      if (!x)
        return;
      on_frame(std::move(*x));
    }
  } catch (const std::runtime_error&) {
    // A frame no client may send: 1002, and the connection is over.
    peer_closed_ = true;
    if (!close_sent_ && !writing_)
      emit_frame(frame_kind::close, close_payload(1002, "bad frame"));
    close_sent_ = true;
  }
}

void vendor_exchange::on_frame(vendor_frame x) {
  switch (x.kind) {
    case frame_kind::pong: return;
    case frame_kind::close: return on_close(x.payload);
    case frame_kind::ping:
      if (!close_sent_)
        replies_ += make_frame({frame_kind::pong, true, std::move(x.payload)});
      return flush_replies();
    case frame_kind::more:
      if (!partial_)
        throw std::runtime_error("nothing to continue");
      partial_->data += x.payload;
      break;
    default:
      if (partial_)
        throw std::runtime_error("a message within another");
      partial_.emplace();
      partial_->binary = x.kind == frame_kind::binary;
      partial_->data = std::move(x.payload);
  }
  if (!x.last)
    return;
  messages_.push_back(std::move(*partial_));
  partial_.reset();
}

void vendor_exchange::on_close(std::string_view payload) {
  vendor_message out{false, true, 1005, {}};
  if (payload.size() >= 2) {
    out.close_code = static_cast<uint16_t>(static_cast<uint8_t>(payload[0]) << 8
                                           | static_cast<uint8_t>(payload[1]));
    out.data = payload.substr(2);
  }
  messages_.push_back(std::move(out));
  peer_closed_ = true;
  if (!close_sent_)
    replies_ += make_frame(
      {frame_kind::close, true, std::string(payload.substr(0, 2))});
  close_sent_ = true;
  flush_replies();
}

void vendor_exchange::flush_replies() {
  if (!writing_ && !replies_.empty())
    emit(std::exchange(replies_, {}));
}

// -- both

void vendor_exchange::raw(std::string_view bytes) {
  idle(vendor_clock::now());
  emit(bytes);
}

void vendor_exchange::pause(milliseconds span) {
  idle(in(span));
}

void vendor_exchange::idle(vendor_clock::time_point until) {
  for (;;) {
    if (stage_ == stage::upgraded)
      take_frames();
    // On a dead path the peer's close frame arrives nowhere.
    if (peer_closed_ && !silent_) {
      interrupted_ = true;
      throw vendor_gone{};
    }
    if (!wire_.fill(until))
      return;
  }
}

void vendor_exchange::emit_frame(frame_kind kind, std::string_view payload) {
  emit(make_frame({kind, true, std::string(payload)}));
}

void vendor_exchange::emit(std::string_view bytes) {
  if (silent_)
    return;
  writing_ = true;
  emit_pieces(bytes);
  writing_ = false;
  flush_replies();
}

void vendor_exchange::emit_pieces(std::string_view bytes) {
  while (!bytes.empty()) {
    auto rest = trouble_.between;
    if (!begun_)
      rest = trouble_.first_byte;
    begun_ = true;
    if (rest > 0ms)
      idle(in(rest));
    auto n = bytes.size();
    if (trouble_.piece_bytes > 0)
      n = std::min(n, trouble_.piece_bytes);
    if (trouble_.reset_after >= 0)
      n = std::min(n,
                   static_cast<std::size_t>(trouble_.reset_after - written_));
    wire_.write(bytes.substr(0, n));
    bytes.remove_prefix(n);
    written_ += static_cast<int64_t>(n);
    if (trouble_.reset_after >= 0 && written_ >= trouble_.reset_after) {
      wire_.reset();
      throw vendor_gone{};
    }
  }
}

// -- the course of it

bool vendor_exchange::run(const fake_vendor::behaviour& behaviour,
                          const std::function<std::string(int)>& words) {
  if (trouble_.refuse || trouble_.silent || trouble_.garbage || trouble_.status)
    return run_trouble(words);
  try {
    behaviour(request_, *this);
  } catch (const std::exception& x) {
    explain(x);
  } catch (const vendor_gone&) {
    if (!silent_)
      throw;
  }
  return finish();
}

bool vendor_exchange::run_trouble(
  const std::function<std::string(int)>& words) {
  if (trouble_.refuse) {
    complete_ = true;
    return false;
  }
  if (trouble_.silent)
    idle(forever);
  if (trouble_.garbage) {
    emit("\x02\xff\x13 this is not HTTP \x7f\r\n\r\n");
    complete_ = true;
    wire_.finish();
    return false;
  }
  auto body = trouble_.body;
  if (body.empty() && words)
    body = words(trouble_.status);
  if (body.empty())
    body = R"({"error":{"code":)" + std::to_string(trouble_.status)
           + R"(,"message":"trouble"}})";
  vendor_headers headers{{"Content-Type", "application/json"}};
  if (!trouble_.retry_after.empty())
    headers.emplace_back("Retry-After", trouble_.retry_after);
  respond(trouble_.status, body, std::move(headers));
  return finish();
}

/// A behaviour has thrown: the test reads why in the answer.
void vendor_exchange::explain(const std::exception& x) {
  if (stage_ == stage::asked)
    respond(500, x.what(), {{"Content-Type", "text/plain"}});
  else if (stage_ == stage::upgraded)
    close(1011, x.what());
}

bool vendor_exchange::finish() {
  if (silent_)
    idle(forever);
  if (stage_ == stage::asked)
    respond(500, "the behaviour has not answered", {});
  if (stage_ == stage::answered && keep_alive_)
    return true;
  if (stage_ == stage::upgraded && !wire_.left()) {
    complete_ = !interrupted_;
    close(1000, {});
  }
  if (stage_ == stage::begun)
    complete_ = true; // cut off on purpose
  wire_.finish();
  return false;
}

void vendor_exchange::expect(stage x) const {
  if (stage_ != x)
    throw std::logic_error("the behaviour does this out of turn");
}

} // namespace velox::test

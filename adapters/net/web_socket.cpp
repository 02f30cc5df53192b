#include "adapters/net/web_socket.hpp"

#include "adapters/net/connector.hpp"
#include "adapters/net/handshake_answer.hpp"
#include "adapters/net/request_head.hpp"
#include "adapters/net/socket_handle.hpp"
#include "adapters/net/socket_loss.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace velox::net {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace rfc6455 = boost::beast::websocket;
using clock = std::chrono::steady_clock;

constexpr milliseconds close_time{2'000};

/// After both close frames it is the server who closes TCP first (RFC 6455,
/// 7.1.1); one that does not is not waited for.
constexpr milliseconds last_words{250};

/// How long the body of a refusal may take to follow its header.
constexpr milliseconds refusal_time{500};

class socket_impl final : public socket_body,
                          public stoppable,
                          public std::enable_shared_from_this<socket_impl> {
public:
  socket_impl(core_ptr out, socket_request x, socket_handlers hears)
    : out_(std::move(out)), asked_(std::move(x)),
      hears_(std::make_shared<socket_handlers>(std::move(hears))),
      timer_(out_->io) {
    // nop
  }

  void start() {
    if (done_)
      return;
    if (out_->stopped())
      return stop();
    auto to = parse_destination(asked_.url, true);
    if (!to)
      return fail(failure::bad_url, "not a ws or wss URL");
    to_ = std::move(*to);
    if (!well_formed(asked_.headers)
        || !well_formed({{"Sec-WebSocket-Protocol", asked_.subprotocol}}))
      return fail(failure::bad_url, "the request is not well-formed");
    out_->add(shared_from_this());
    auto deadline = clock::now() + asked_.connect_timeout;
    if (!closing_)
      set_timer(deadline);
    connector_ = std::make_shared<connector>(out_, to_.where, true, deadline);
    connector_->start([me = shared_from_this()](auto wire, const auto& why) {
      me->on_connector(std::move(wire), why);
    });
  }

  void push(outgoing_message x) override {
    if (done_ || closing_)
      return;
    queue_.push(std::move(x));
    if (queue_.bytes() > asked_.queue_limit)
      return fail(failure::full, "the peer does not read what it is sent");
    write_next();
  }

  void begin_close(uint16_t code) override {
    if (done_ || std::exchange(closing_, true))
      return;
    reason_ = rfc6455::close_reason{static_cast<rfc6455::close_code>(code)};
    set_timer(clock::now() + close_time);
    write_next();
  }

  void drop() override {
    dropped_ = true;
    if (!done_)
      let_go();
  }

  void stop() override { fail(failure::stopped, "the engine is stopping"); }

private:
  using ws_stream = rfc6455::stream<stream, false>;

  // -- connecting

  void
  on_connector(std::unique_ptr<stream> wire, const std::optional<error>& why) {
    connector_.reset();
    if (done_)
      return;
    if (!wire) {
      socket_end end;
      end.broken = *why;
      return finish(std::move(end));
    }
    wire->set_tap([weak = weak_from_this()](std::string_view bytes) {
      if (auto me = weak.lock())
        me->on_handshake_bytes(bytes);
    });
    ws_.emplace(std::move(*wire));
    configure();
    ws_->async_handshake(
      response_, to_.host_header, to_.target,
      [me = shared_from_this()](error_code ec) { me->on_handshake(ec); });
  }

  void configure() {
    // The deadline of the handshake is ours: it began with DNS.
    auto idle = asked_.idle_timeout.count() > 0
                  ? clock::duration{asked_.idle_timeout}
                  : rfc6455::stream_base::none();
    ws_->set_option(rfc6455::stream_base::timeout{
      rfc6455::stream_base::none(), idle, asked_.idle_timeout.count() > 0});
    ws_->read_message_max(asked_.message_limit);
    ws_->auto_fragment(false);
    ws_->set_option(rfc6455::stream_base::decorator(
      [this](rfc6455::request_type& x) { decorate(x); }));
    ws_->control_callback([this](rfc6455::frame_type kind, auto) {
      if (kind != rfc6455::frame_type::close)
        return;
      peer_closes_ = true;
      set_timer(clock::now() + last_words);
    });
  }

  void decorate(rfc6455::request_type& x) const {
    x.set("User-Agent", "velox");
    if (!to_.authorization.empty())
      x.set("Authorization", to_.authorization);
    for (auto& [name, value] : asked_.headers)
      x.set(name, value);
    if (!asked_.subprotocol.empty())
      x.set("Sec-WebSocket-Protocol", asked_.subprotocol);
  }

  void on_handshake_bytes(std::string_view bytes) {
    if (done_ || open_)
      return;
    answer_.feed(bytes);
    if (answer_.complete())
      refused();
    else if (answer_.refuses() && !std::exchange(refusing_, true))
      set_timer(clock::now() + refusal_time);
  }

  void refused() {
    socket_end end;
    end.refused = answer_.head();
    end.refused_body = answer_.body();
    finish(std::move(end));
  }

  void on_handshake(error_code ec) {
    if (done_)
      return;
    if (answer_.refuses())
      return refused();
    if (is_websocket_error(ec))
      return fail(failure::malformed, "the peer speaks no WebSocket");
    if (auto why = answer_.broken())
      return fail(*why, "the peer speaks no HTTP");
    if (ec)
      return fail(failure::reset, describe(ec));
    auto& head = answer_.head();
    if (!is_offered(find_header(head.headers, "Sec-WebSocket-Protocol"),
                    asked_.subprotocol))
      return fail(failure::malformed, "a subprotocol nobody asked for");
    ws_->next_layer().set_tap(nullptr);
    open_ = true;
    if (!closing_)
      timer_.cancel();
    // A handler that drops the socket goes on; it must stay where it is.
    if (auto hears = hears_; hears->opened)
      hears->opened(head);
    if (done_)
      return;
    read();
    write_next();
  }

  // -- reading

  void read() {
    ws_->async_read(buffer_,
                    [me = shared_from_this()](error_code ec, std::size_t) {
                      me->on_read(ec);
                    });
  }

  void on_read(error_code ec) {
    if (done_)
      return;
    if (ec)
      return on_end(ec);
    auto data = buffer_.cdata();
    std::string_view bytes{static_cast<const char*>(data.data()), data.size()};
    auto hears = hears_;
    auto& hear = ws_->got_text() ? hears->text : hears->binary;
    if (hear)
      hear(bytes);
    buffer_.consume(buffer_.size());
    if (!done_)
      read();
  }

  void on_end(error_code ec) {
    socket_end end;
    auto& peer = ws_->reason();
    if (ec == rfc6455::error::closed
        || peer.code != rfc6455::close_code::none) {
      // A close frame without a code is 1005 (RFC 6455, 7.1.5).
      end.code = peer.code == rfc6455::close_code::none ? 1005 : peer.code;
      end.reason.assign(peer.reason.data(), peer.reason.size());
      return finish(std::move(end));
    }
    auto loss = loss_of(ec);
    end.code = loss.code;
    end.broken = make_error(loss.what, loss.why);
    finish(std::move(end));
  }

  // -- writing

  void write_next() {
    if (!open_ || queue_.writing() || done_)
      return;
    if (queue_.empty()) {
      if (closing_ && !std::exchange(close_sent_, true))
        send_close();
      return;
    }
    auto& next = queue_.begin_next();
    ws_->binary(next.binary);
    ws_->async_write(next.data(),
                     [me = shared_from_this()](error_code ec, std::size_t) {
                       me->on_written(ec);
                     });
  }

  void on_written(error_code ec) {
    queue_.written();
    if (done_)
      return;
    if (ec)
      return cut(); // the read says why
    write_next();
  }

  // -- the end

  /// Beast 1.81 locks up when it is to close while the peer's close frame lies
  /// in its buffer (adapters/websocket has the same), so the reads go first.
  void send_close() {
    asio::post(out_->io, [me = shared_from_this()] {
      if (!me->done_ && !me->peer_closes_)
        me->ws_->async_close(me->reason_, [me](error_code) {});
    });
  }

  void set_timer(clock::time_point at) {
    timer_.expires_at(at);
    timer_.async_wait([weak = weak_from_this()](error_code ec) {
      auto me = weak.lock();
      if (me && !ec && !me->done_)
        me->on_timer();
    });
  }

  void on_timer() {
    if (refusing_)
      return refused();
    if (!open_ && !closing_)
      return fail(failure::timed_out, "no handshake in time");
    if (peer_closes_)
      return on_end(rfc6455::error::closed);
    fail(failure::timed_out, "the closing handshake took too long");
  }

  error make_error(failure what, std::string_view why) const {
    auto& host = to_.where.host;
    return {what,
            host.empty() ? std::string{why} : host + ": " + std::string{why},
            open_};
  }

  void fail(failure what, std::string_view why) {
    socket_end end;
    end.broken = make_error(what, why);
    finish(std::move(end));
  }

  /// Reports later: the caller may be in the middle of `text`.
  void finish(socket_end end) {
    if (done_)
      return;
    auto closed = std::move(hears_->closed);
    let_go();
    asio::post(out_->io, [me = shared_from_this(), closed = std::move(closed),
                          end = std::move(end)] {
      if (closed && !me->dropped_)
        closed(end);
    });
  }

  void let_go() {
    done_ = true;
    timer_.cancel();
    out_->remove(this);
    if (connector_)
      connector_->abort();
    connector_.reset();
    cut();
    queue_.clear();
    // What the handlers hold may end with them, and may be at work.
    asio::post(out_->io, [old = std::move(hears_)] {});
  }

  void cut() {
    if (!ws_)
      return;
    ws_->next_layer().close();
    if (!done_)
      return;
    // What was under way ends in two rounds. A Beast that has locked up keeps
    // its handlers, and they us, until it goes.
    asio::post(out_->io, [me = shared_from_this()] {
      asio::post(me->out_->io, [me] { me->ws_.reset(); });
    });
  }

  core_ptr out_;
  socket_request asked_;
  std::shared_ptr<socket_handlers> hears_; ///< empty once over
  destination to_;
  asio::steady_timer timer_; ///< for the handshake, then for the close
  std::shared_ptr<connector> connector_;
  std::optional<ws_stream> ws_;
  rfc6455::response_type response_;
  handshake_answer answer_;
  beast::flat_buffer buffer_;
  message_queue queue_;
  rfc6455::close_reason reason_;
  bool refusing_ = false;
  bool open_ = false;
  bool closing_ = false;
  bool close_sent_ = false;
  bool peer_closes_ = false; ///< the peer's close frame has come
  bool done_ = false;        ///< over; at most `closed` is still to be told
  bool dropped_ = false;     ///< `closed` is not told either
};

} // namespace

web_socket
make_web_socket(core_ptr out, socket_request x, socket_handlers hears) {
  auto gate = out->gate;
  auto made = std::make_shared<socket_impl>(std::move(out), std::move(x),
                                            std::move(hears));
  return {make_handle(std::move(gate), made), [made] { made->start(); }};
}

} // namespace velox::net

#include "adapters/net/response_reader.hpp"

#include <boost/beast/http/basic_parser.hpp>

namespace velox::net {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using view = boost::beast::string_view;

constexpr uint32_t header_limit = 64 * 1024;

std::string_view to_std(view x) {
  return {x.data(), x.size()};
}

} // namespace

class response_reader::parser final : public http::basic_parser<false> {
public:
  response_head head;
  std::vector<std::string_view> pieces;
  bool has_head = false;

private:
  void on_request_impl(http::verb, view, view, int, error_code&) override {}

  void on_response_impl(int status, view, int, error_code& ec) override {
    head.status = status;
    // Beast takes any three digits; the least is 100 (RFC 9110, section 15).
    if (status < 100)
      ec = http::error::bad_status;
  }

  void on_field_impl(http::field, view name, view value, error_code&) override {
    head.headers.emplace_back(to_std(name), to_std(value));
  }

  void on_header_impl(error_code&) override { has_head = true; }

  void
  on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(view body, error_code&) override {
    return add(body);
  }

  void on_chunk_header_impl(uint64_t, view, error_code&) override {}

  std::size_t on_chunk_body_impl(uint64_t, view body, error_code&) override {
    return add(body);
  }

  void on_finish_impl(error_code&) override {}

  std::size_t add(view body) {
    if (!body.empty())
      pieces.push_back(to_std(body));
    return body.size();
  }
};

response_reader::response_reader(bool body_expected, std::size_t body_limit)
  : body_expected_(body_expected), body_limit_(body_limit) {
  begin();
}

response_reader::~response_reader() = default;

void response_reader::begin() {
  parser_ = std::make_unique<parser>();
  parser_->eager(true);
  parser_->header_limit(header_limit);
  parser_->body_limit(body_limit_);
  parser_->skip(!body_expected_);
}

std::size_t response_reader::feed(std::string_view bytes, error_code& ec) {
  std::size_t used = 0;
  parser_->pieces.clear();
  while (used < bytes.size()) {
    used += parser_->put(
      boost::asio::const_buffer{bytes.data() + used, bytes.size() - used}, ec);
    if (ec == http::error::need_more) {
      ec = {};
      return used;
    }
    if (ec || !parser_->is_done())
      return used;
    auto status = parser_->head.status;
    if (status < 100 || status >= 200 || status == 101)
      return used;
    begin();
  }
  return used;
}

void response_reader::end(error_code& ec) {
  if (parser_->got_some())
    parser_->put_eof(ec);
  else
    ec = http::error::end_of_stream;
}

bool response_reader::has_head() const {
  auto status = parser_->head.status;
  return parser_->has_head && (status >= 200 || status == 101);
}

const response_head& response_reader::head() const {
  return parser_->head;
}

const std::vector<std::string_view>& response_reader::pieces() const {
  return parser_->pieces;
}

bool response_reader::done() const {
  return has_head() && parser_->is_done();
}

bool response_reader::ends_with_connection() const {
  return parser_->need_eof();
}

bool response_reader::keeps_alive() const {
  return parser_->head.status != 101 && parser_->keep_alive();
}

std::optional<uint64_t> response_reader::remaining() const {
  if (!has_head() || parser_->chunked())
    return std::nullopt;
  if (auto x = parser_->content_length_remaining())
    return *x;
  if (auto x = parser_->content_length())
    return *x;
  return std::nullopt;
}

failure to_failure(const error_code& ec) {
  if (ec == http::error::body_limit || ec == http::error::header_limit)
    return failure::too_large;
  if (ec == http::error::partial_message || ec == http::error::end_of_stream)
    return failure::reset;
  return failure::malformed;
}

} // namespace velox::net

#include "adapters/net/response_reader.hpp"
#include "tests/fuzz/expect.hpp"

#include <string>

using namespace velox::net;

namespace {

struct answer {
  bool failed = false;
  response_head head;
  std::string body;
  bool done = false;
  bool keeps_alive = false;
  size_t left = 0; ///< bytes behind the end of the response
};

/// Reads what the last `feed` has found, as `http_connection` does.
void take(const response_reader& reader, std::string_view buffer, answer& out) {
  if (!reader.has_head())
    return;
  for (auto piece : reader.pieces()) {
    expect(piece.data() >= buffer.data()
           && piece.data() + piece.size() <= buffer.data() + buffer.size());
    out.body += piece;
  }
  if (auto remaining = reader.remaining(); remaining && reader.done())
    expect(*remaining == 0 || out.body.empty()); // an answer to HEAD
}

/// Reads `bytes` in pieces of `size`, then the end of the connection.
answer read(std::string_view bytes, size_t size, bool body_expected,
            size_t body_limit) {
  response_reader reader{body_expected, body_limit};
  answer out;
  std::string buffer;
  boost::system::error_code ec;
  while (!bytes.empty() && !ec && !reader.done()) {
    auto piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    buffer += piece;
    auto used = reader.feed(buffer, ec);
    expect(used <= buffer.size());
    take(reader, buffer, out);
    buffer.erase(0, used);
  }
  if (!ec && !reader.done())
    reader.end(ec);
  out.failed = bool{ec};
  if (ec) {
    to_failure(ec);
    return out;
  }
  expect(reader.done() && out.body.size() <= body_limit);
  out.head = reader.head();
  out.done = reader.done();
  out.keeps_alive = reader.keeps_alive();
  out.left = buffer.size() + bytes.size();
  expect(out.head.status == 101 || out.head.status >= 200);
  if (!body_expected)
    expect(out.body.empty());
  return out;
}

} // namespace

/// The first byte says how long the pieces are, which must not matter, the
/// second what was asked for.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2)
    return 0;
  size_t piece = size_t{data[0]} % 16 + 1;
  bool body_expected = (data[1] & 1) == 0;
  size_t body_limit = (data[1] & 2) == 0 ? 4096 : 64;
  std::string_view bytes{reinterpret_cast<const char*>(data) + 2, size - 2};
  auto whole = read(bytes, bytes.size() + 1, body_expected, body_limit);
  auto cut = read(bytes, piece, body_expected, body_limit);
  expect(whole.failed == cut.failed);
  if (whole.failed)
    return 0;
  expect(whole.head.status == cut.head.status
         && whole.head.headers == cut.head.headers);
  expect(whole.body == cut.body && whole.done == cut.done);
  expect(whole.keeps_alive == cut.keeps_alive && whole.left == cut.left);
  return 0;
}

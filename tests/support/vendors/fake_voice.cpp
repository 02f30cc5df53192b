#include "tests/support/vendors/fake_voice.hpp"

#include "protocol/json.hpp"
#include "tests/support/eventually.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <thread>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

/// An odd size, so that samples and frames are cut.
constexpr size_t piece_bytes = 333;

} // namespace

void fake_voice::close_after(int pieces, uint16_t code) {
  close_code_ = code;
  close_ = pieces;
}

std::vector<std::string> fake_voice::texts() const {
  std::lock_guard guard{mutex_};
  return texts_;
}

std::vector<std::string> fake_voice::commands() const {
  std::lock_guard guard{mutex_};
  return commands_;
}

bool fake_voice::wait_for_texts(size_t count) const {
  return eventually([&] { return texts().size() >= count; });
}

bool fake_voice::wait_for_command(std::string_view command) const {
  return eventually([&] {
    auto all = commands();
    return std::find(all.begin(), all.end(), command) != all.end();
  });
}

std::vector<uint8_t> fake_voice::audio_of(std::string_view text) {
  uint32_t state = 2166136261;
  for (char c : text)
    state = (state ^ static_cast<uint8_t>(c)) * 16777619;
  auto size = 800 + std::min<size_t>(text.size(), 200) * 12 + state % 7;
  std::vector<uint8_t> result(size);
  for (auto& byte : result) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<uint8_t>(state >> 24);
  }
  return result;
}

void fake_voice::listen(fake_vendor::behaviour answer,
                        std::function<std::string(int)> words) {
  fake_vendor_options options;
  options.words = std::move(words);
  server_ = std::make_unique<fake_vendor>(std::move(answer), options);
}

void fake_voice::note_text(std::string_view text) {
  std::lock_guard guard{mutex_};
  texts_.emplace_back(text);
}

void fake_voice::note_command(std::string_view command) {
  std::lock_guard guard{mutex_};
  commands_.emplace_back(command);
}

fake_voice::speaking
fake_voice::speak(std::string_view context, std::string_view text,
                  const std::vector<uint8_t>& audio) {
  speaking result{std::string{context}, std::string{text}, {}, 0, false};
  for (size_t at = 0; at < audio.size(); at += piece_bytes) {
    auto size = std::min(piece_bytes, audio.size() - at);
    auto* data = reinterpret_cast<const char*>(audio.data()) + at;
    result.pieces.emplace_back(data, size);
  }
  return result;
}

bool fake_voice::may_send(const speaking& x,
                          vendor_connection& connection) const {
  auto sent = static_cast<int>(x.sent);
  if (reset_ >= 0 && sent >= reset_) {
    connection.reset();
    throw vendor_gone{};
  }
  if (close_ >= 0 && sent >= close_) {
    connection.close(close_code_, "");
    throw vendor_gone{};
  }
  return x.stale || held_ < 0 || sent < held_;
}

void fake_voice::stream(
  vendor_connection& connection, speaking x,
  const std::function<std::string(const speaking&)>& write) const {
  while (x.sent < x.pieces.size()) {
    if (!may_send(x, connection)) {
      connection.pause(1ms);
      continue;
    }
    connection.piece(write(x));
    ++x.sent;
  }
  connection.end();
}

std::string member_of(std::string_view json, std::string_view name) {
  rapidjson::Document document;
  if (read_json(json, document) != json_error::none)
    return {};
  return std::string{json_text(document, name).value_or("")};
}

} // namespace velox::test

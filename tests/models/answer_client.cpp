#include "tests/models/answer_client.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>

namespace velox::test {

namespace {

/// Marks the end of what was sent before; no session has this turn.
constexpr uint64_t echo_turn = ~uint64_t{0};

} // namespace

std::string reported::text(uint64_t turn) const {
  std::string out;
  for (auto& x : pieces)
    if (turn == 0 || x.turn == turn)
      out += x.text;
  return out;
}

answer_client::answer_client() {
  auto record = record_;
  auto behavior = [record]() -> answer_client_actor::behavior_type {
    auto note = [record](char kind, auto keep) {
      std::lock_guard guard{record->mutex};
      keep(record->all);
      record->all.order += kind;
      record->changed.notify_all();
    };
    return {
      [note, record](const tokens& x) {
        if (x.turn == echo_turn) {
          std::lock_guard guard{record->mutex};
          ++record->echoes;
          record->changed.notify_all();
          return;
        }
        note('t', [&](reported& all) { all.pieces.push_back(x); });
      },
      [note](const answer_done& x) {
        note('d', [&](reported& all) { all.done.push_back(x); });
      },
      [note](const tool_calls& x) {
        note('c', [&](reported& all) { all.calls.push_back(x); });
      },
      [note](const provider_failed& x) {
        note('f', [&](reported& all) { all.failed.push_back(x); });
      },
    };
  };
  actor_ = system_.spawn(behavior);
}

answer_client::~answer_client() {
  caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
}

bool answer_client::wait(
  const std::function<bool(const reported&)>& holds) const {
  std::unique_lock lock{record_->mutex};
  return record_->changed.wait_for(lock, std::chrono::seconds{20},
                                   [&] { return holds(record_->all); });
}

bool answer_client::wait_done(size_t count) const {
  return wait([=](const reported& x) { return x.done.size() >= count; });
}

bool answer_client::wait_failed() const {
  return wait([](const reported& x) { return !x.failed.empty(); });
}

bool answer_client::wait_calls(size_t count) const {
  return wait([=](const reported& x) { return x.calls.size() >= count; });
}

bool answer_client::wait_text(const std::string& text) const {
  return wait([&](const reported& x) {
    return x.text().find(text) != std::string::npos;
  });
}

reported answer_client::now() const {
  std::unique_lock lock{record_->mutex};
  auto before = record_->echoes;
  caf::anon_send(actor_, tokens{echo_turn, {}, 0});
  record_->changed.wait_for(lock, std::chrono::seconds{20},
                            [&] { return record_->echoes > before; });
  return record_->all;
}

} // namespace velox::test

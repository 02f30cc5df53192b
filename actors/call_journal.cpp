#include "actors/call_journal.hpp"

#include <algorithm>
#include <utility>

namespace velox::actors {

namespace {

/// Drops the oldest beyond `limit`.
template <class T>
void trim(std::vector<T>& x, size_t limit) {
  if (x.size() > limit)
    x.erase(x.begin(), x.begin() + static_cast<ptrdiff_t>(x.size() - limit));
}

template <class T>
void put_back(std::vector<T>& front, std::vector<T>& to, size_t limit) {
  front.insert(front.end(), std::make_move_iterator(to.begin()),
               std::make_move_iterator(to.end()));
  trim(front, limit);
  to = std::move(front);
}

} // namespace

void call_journal::open(std::string call_id, uint64_t first, int64_t fence) {
  call_id_ = std::move(call_id);
  next_ = first_ = first;
  fence_ = fence;
}

void call_journal::add(unix_ms at, std::string kind, uint64_t turn,
                       std::string detail) {
  waiting_.events.push_back(
    {call_id_, next_++, at, std::move(kind), turn, std::move(detail)});
  if (waiting_.events.size() >= limit + slack)
    trim(waiting_.events, limit);
}

void call_journal::add(message_record x) {
  x.call_id = call_id_;
  // The heard state of a message changes; the last word counts.
  auto& messages = waiting_.messages;
  auto i = std::find_if(messages.begin(), messages.end(), [&](auto& y) {
    return y.turn == x.turn && y.role == x.role;
  });
  if (i != messages.end())
    *i = std::move(x);
  else
    messages.push_back(std::move(x));
  if (messages.size() >= limit + slack)
    trim(messages, limit);
}

void call_journal::add(usage_event x) {
  x.call_id = call_id_;
  x.attempt = first_ + usage_noted_++;
  waiting_.usage.push_back(std::move(x));
}

std::optional<call_log_batch> call_journal::take() {
  if (under_way_ || nothing_waits())
    return std::nullopt;
  under_way_ = std::exchange(waiting_, {});
  under_way_->fence = fence_;
  return under_way_;
}

void call_journal::stored() {
  under_way_.reset();
}

void call_journal::failed() {
  if (!under_way_)
    return;
  put_back(under_way_->events, waiting_.events, limit);
  put_back(under_way_->messages, waiting_.messages, limit);
  put_back(under_way_->usage, waiting_.usage, limit);
  under_way_.reset();
}

bool call_journal::empty() const {
  return !under_way_ && nothing_waits();
}

bool call_journal::nothing_waits() const {
  return waiting_.events.empty() && waiting_.messages.empty()
         && waiting_.usage.empty();
}

} // namespace velox::actors

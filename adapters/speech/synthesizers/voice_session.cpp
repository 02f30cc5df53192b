#include "adapters/speech/synthesizers/voice_session.hpp"

#include <algorithm>

namespace velox::speech {

namespace {

/// Audio per message, in bytes: half a second.
constexpr size_t piece_bytes = 4000;

/// Mu-law bytes per millisecond.
constexpr uint64_t bytes_per_ms = 8;

} // namespace

voice_session::voice_session(std::string name, net::outbound_ptr out,
                             const synthesis_client_actor& client,
                             text_limit limit, const voice_options& options)
  : name_(std::move(name)), out_(std::move(out)), client_(client),
    limit_(limit), first_audio_(options.first_audio), stall_(options.stall) {}

// -- what the call wants
// -------------------------------------------------------

void voice_session::say(const sentence& x) {
  if (over_ || x.turn < first_wanted_.load())
    return;
  auto parts = parts_of(x.text);
  bool silent = parts.empty();
  if (silent)
    parts.emplace_back();
  for (size_t i = 0; i < parts.size(); ++i) {
    utterance fresh;
    fresh.id = ++last_id_;
    fresh.what = {x.turn, x.index, std::move(parts[i]), x.attempt};
    fresh.ends = i + 1 == parts.size();
    fresh.started = fresh.finished = silent;
    queue_.push_back(std::move(fresh));
  }
  deliver();
}

/// What the vendor is asked to say, one after the other.
std::vector<std::string>
voice_session::parts_of(const std::string& text) const {
  auto plain = without_ssml(text, {});
  if (!has_sound(plain)) // nor has a <break> alone
    return {};
  // A tag must not be cut in two.
  auto written = plain.size() > limit_.most ? plain : text;
  auto parts = split_text(writer_ ? (*writer_)(written) : written, limit_);
  // A part without a sound would be refused.
  std::erase_if(parts,
                [](const std::string& part) { return !has_sound(part); });
  return parts;
}

void voice_session::unwant(uint64_t turn) {
  if (turn >= first_wanted_.load())
    first_wanted_.store(turn + 1);
}

void voice_session::cancel(uint64_t turn) {
  if (over_)
    return;
  unwant(turn);
  auto unwanted = [turn](const utterance& x) { return x.what.turn <= turn; };
  std::vector<uint64_t> running;
  for (auto& x : queue_)
    if (unwanted(x) && x.started && !x.finished && !x.failed)
      running.push_back(x.id);
  if (!queue_.empty() && unwanted(queue_.front())) {
    offset_ = 0;
    part_begin_ = 0;
  }
  std::erase_if(queue_, unwanted);
  if (!queue_.empty())
    queue_.front().progress = clock::now();
  for (auto id : running)
    stop(id);
  deliver();
}

void voice_session::end() {
  if (over_)
    return;
  over_ = true;
  queue_.clear();
  timer_.reset();
  disconnect();
}

// -- what the vendor says
// ------------------------------------------------------

void voice_session::heard(uint64_t id, std::span<const uint8_t> mulaw,
                          std::vector<spoken_word> words) {
  auto* x = find(id);
  if (!x || x->finished || x->failed)
    return;
  std::move(words.begin(), words.end(), std::back_inserter(x->words));
  if (!mulaw.empty()) {
    x->progress = clock::now();
    x->received += mulaw.size();
    x->audio.insert(x->audio.end(), mulaw.begin(), mulaw.end());
  }
  if (x == &queue_.front())
    deliver();
}

void voice_session::done(uint64_t id) {
  auto* x = find(id);
  if (!x || x->finished || x->failed)
    return;
  // A caller who hears nothing has not been answered: another voice may.
  if (x->received == 0)
    x->failed = voice_failure{provider_errc::broken, name_ + ": no audio"};
  else
    x->finished = true;
  deliver();
}

void voice_session::fail(uint64_t id, voice_failure why) {
  auto* x = find(id);
  if (!x || x->finished || x->failed)
    return;
  x->failed = std::move(why);
  deliver();
}

void voice_session::fail(const voice_failure& why) {
  if (!over_)
    report(why, queue_.empty() ? 0 : queue_.front().what.attempt);
}

// -- the order
// -----------------------------------------------------------------

voice_session::utterance* voice_session::find(uint64_t id) {
  for (auto& x : queue_)
    if (x.id == id)
      return &x;
  return nullptr;
}

void voice_session::deliver() {
  while (!over_ && !queue_.empty()) {
    auto& x = queue_.front();
    send_audio(x);
    if (x.failed) {
      report(*x.failed, x.what.attempt);
      return;
    }
    if (!x.finished)
      break;
    pop_front();
  }
  go_on();
  watch();
}

void voice_session::send_audio(utterance& x) {
  bool ending = x.finished && x.ends;
  size_t at = 0;
  while (at < x.audio.size() || ending) {
    auto size = std::min(piece_bytes, x.audio.size() - at);
    auto begin = x.audio.begin() + static_cast<ptrdiff_t>(at);
    at += size;
    bool last = ending && at == x.audio.size();
    sentence_audio piece;
    piece.turn = x.what.turn;
    piece.index = x.what.index;
    piece.offset = offset_;
    piece.mulaw.assign(begin, begin + static_cast<ptrdiff_t>(size));
    piece.last = last;
    piece.words = take_words(x, offset_ + size, last);
    piece.attempt = x.what.attempt;
    offset_ += size;
    if (x.what.turn >= first_wanted_.load())
      client_.tell(std::move(piece));
    if (last)
      break;
  }
  x.audio.clear();
}

/// The words that begin before byte `end` of the sentence.
std::vector<spoken_word>
voice_session::take_words(utterance& x, uint64_t end, bool last) {
  auto shift = static_cast<int64_t>(part_begin_ / bytes_per_ms);
  auto until = static_cast<int64_t>(end / bytes_per_ms);
  std::vector<spoken_word> result;
  auto i = x.words.begin();
  for (; i != x.words.end() && (last || i->start_ms + shift < until); ++i)
    result.push_back(
      {std::move(i->text), i->start_ms + shift, i->end_ms + shift});
  x.words.erase(x.words.begin(), i);
  return result;
}

void voice_session::pop_front() {
  auto over = std::move(queue_.front());
  queue_.pop_front();
  auto shift = static_cast<int64_t>((offset_ - part_begin_) / bytes_per_ms);
  if (over.ends)
    offset_ = 0;
  else // words that the vendor times behind the end of their part
    for (auto& word : over.words)
      queue_.front().words.push_back(
        {std::move(word.text), word.start_ms - shift, word.end_ms - shift});
  part_begin_ = offset_;
  if (!queue_.empty())
    queue_.front().progress = clock::now(); // only now is it waited for
}

void voice_session::go_on() {
  size_t running = 0;
  for (size_t i = 0; !over_ && i < queue_.size() && running < width(); ++i) {
    auto& x = queue_[i];
    if (x.failed)
      return;
    if (!x.started) {
      if (!ready())
        return;
      x.started = true;
      x.progress = clock::now();
      start(x.id, x.what.text); // may end the session
    } else if (x.finished) {
      continue;
    }
    ++running;
  }
}

bool voice_session::owed() const {
  return std::any_of(queue_.begin(), queue_.end(), [](const utterance& x) {
    return x.started && !x.finished && !x.failed;
  });
}

bool voice_session::restart_owed() {
  for (auto& x : queue_)
    if (x.started && !x.finished && (x.received > 0 || x.restarted))
      return false;
  for (auto& x : queue_)
    if (x.started && !x.finished) {
      x.started = false;
      x.restarted = true;
    }
  return true;
}

// -- the end
// -------------------------------------------------------------------

void voice_session::report(const voice_failure& why, uint32_t attempt) {
  // `why` and the queue may be one: what is said goes first.
  client_.tell(
    provider_failed{"tts", why.why, why.code, why.retry_after_ms, attempt});
  client_.leave();
  end();
}

void voice_session::watch() {
  if (over_ || queue_.empty()) {
    timer_.reset();
    return;
  }
  if (timer_)
    return;
  auto& x = queue_.front();
  auto limit = x.received == 0 ? first_audio_ : stall_;
  auto due = x.progress + limit - clock::now();
  auto wait = std::chrono::ceil<net::milliseconds>(due);
  timer_ = out_->after(std::max(wait, net::milliseconds{1}),
                       [self = weak_from_this()] {
                         if (auto session = self.lock())
                           session->look();
                       });
}

void voice_session::look() {
  fired_ = std::move(timer_);
  if (over_ || queue_.empty())
    return;
  auto& x = queue_.front();
  auto now = clock::now();
  if (!x.started || holding(x.id))
    x.progress = now;
  auto limit = x.received == 0 ? first_audio_ : stall_;
  if (now >= x.progress + limit) {
    report({provider_errc::timed_out,
            name_ + (x.received == 0 ? ": no audio in time" : ": stalled")},
           x.what.attempt);
    return;
  }
  watch();
}

// -- the handle
// ----------------------------------------------------------------

namespace {

class voice_handle : public speech_synthesizer {
public:
  voice_handle(std::shared_ptr<voice_session> session, net::outbound_ptr out)
    : session_(std::move(session)), out_(std::move(out)) {
    out_->dispatch([session = session_] { session->open(); });
  }

  ~voice_handle() override {
    session_->leave();
    out_->dispatch([session = session_] { session->end(); });
  }

  void say(const sentence& x) override {
    out_->dispatch([session = session_, x] { session->say(x); });
  }

  void cancel(uint64_t turn) override {
    session_->unwant(turn);
    out_->dispatch([session = session_, turn] { session->cancel(turn); });
  }

private:
  std::shared_ptr<voice_session> session_;
  net::outbound_ptr out_;
};

} // namespace

std::unique_ptr<speech_synthesizer>
make_voice_handle(std::shared_ptr<voice_session> session,
                  net::outbound_ptr out) {
  return std::make_unique<voice_handle>(std::move(session), std::move(out));
}

} // namespace velox::speech

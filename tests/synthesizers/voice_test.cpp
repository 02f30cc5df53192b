#include "tests/synthesizers/voice_test.hpp"

#include "protocol/type_ids.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

caf::behavior
recorder(caf::event_based_actor*, const std::shared_ptr<voice_record>& record) {
  return {
    [record](sentence_audio& x) { record->add(std::move(x)); },
    [record](provider_failed& x) { record->add(std::move(x)); },
    // Asked when all before it must have been recorded.
    [](const caller_heard&) { return true; },
  };
}

} // namespace

// -- the record
// ----------------------------------------------------------------

void voice_record::add(sentence_audio x) {
  std::lock_guard guard{mutex_};
  EXPECT_TRUE(failures_.empty()) << "audio behind the failure";
  audio_.push_back(std::move(x));
  changed_.notify_all();
}

void voice_record::add(provider_failed x) {
  std::lock_guard guard{mutex_};
  failures_.push_back(std::move(x));
  changed_.notify_all();
}

std::vector<sentence_audio> voice_record::audio() const {
  std::lock_guard guard{mutex_};
  return audio_;
}

std::vector<provider_failed> voice_record::failures() const {
  std::lock_guard guard{mutex_};
  return failures_;
}

size_t voice_record::count() const {
  std::lock_guard guard{mutex_};
  return audio_.size() + failures_.size();
}

bool voice_record::wait(
  const std::function<bool(const voice_record&)>& what) const {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, 10s, [&] { return what(*this); });
}

std::vector<uint8_t>
voice_record::sentence(uint64_t turn, uint32_t index, uint32_t attempt) const {
  std::vector<uint8_t> result;
  bool ended = false;
  for (auto& x : audio()) {
    if (x.turn != turn || x.index != index)
      continue;
    EXPECT_FALSE(ended) << "behind the last piece";
    EXPECT_EQ(x.offset, result.size());
    EXPECT_EQ(x.attempt, attempt);
    EXPECT_LE(x.mulaw.size(), 4000u);
    EXPECT_TRUE(x.last || !x.mulaw.empty()) << "an empty piece says nothing";
    result.insert(result.end(), x.mulaw.begin(), x.mulaw.end());
    ended = x.last;
  }
  return result;
}

bool voice_record::complete(uint64_t turn, uint32_t index) const {
  for (auto& x : audio())
    if (x.turn == turn && x.index == index && x.last)
      return true;
  return false;
}

std::vector<spoken_word>
voice_record::words(uint64_t turn, uint32_t index) const {
  std::vector<spoken_word> result;
  for (auto& x : audio())
    if (x.turn == turn && x.index == index)
      result.insert(result.end(), x.words.begin(), x.words.end());
  return result;
}

// -- the client
// ----------------------------------------------------------------

voice_client::config::config() {
  add_message_types<caf::id_block::velox>();
  set("scheduler.max-threads", 2);
}

voice_client::voice_client()
  : actor_(
    caf::actor_cast<synthesis_client_actor>(system_.spawn(recorder, record_))) {
}

voice_client::~voice_client() {
  caf::anon_send_exit(actor_, caf::exit_reason::kill);
}

bool voice_client::wait_complete(uint64_t turn, uint32_t index) {
  return record_->wait(
    [=](const voice_record& x) { return x.complete(turn, index); });
}

bool voice_client::wait_failure() {
  return record_->wait(
    [](const voice_record& x) { return !x.failures().empty(); });
}

bool voice_client::wait_audio(uint64_t turn) {
  return record_->wait([turn](const voice_record& x) {
    for (auto& piece : x.audio())
      if (piece.turn == turn)
        return true;
    return false;
  });
}

void voice_client::settle() {
  caf::scoped_actor self{system_};
  self
    ->request(caf::actor_cast<caf::actor>(actor_), caf::infinite,
              caller_heard{})
    .receive([](bool) {}, [](const caf::error&) {});
}

} // namespace velox::test

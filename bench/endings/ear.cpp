#include "bench/endings/ear.hpp"

#include "adapters/language/scripted/agent_file.hpp"
#include "adapters/language/scripted/example_agent.hpp"
#include "adapters/speech/offline.hpp"
#include "adapters/speech/pocketsphinx/recognizer.hpp"
#include "adapters/speech/voice/detector.hpp"
#include "protocol/g711.hpp"
#include "protocol/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/after.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <time.h>

namespace velox::bench {

namespace {

constexpr size_t per_ms = mulaw_rate / 1000;
constexpr size_t frame_size = 20 * per_ms;
constexpr size_t batch_size = 100 * per_ms;

struct messages_config : caf::actor_system_config {
  messages_config() {
    add_message_types<caf::id_block::velox>();
    set("scheduler.max-threads", 1);
  }
};

} // namespace

struct ear::parts {
  parts(std::vector<std::string> x, size_t threads)
    : phrases(std::move(x)), workers(threads) {}

  const std::vector<std::string> phrases;
  messages_config config;
  caf::actor_system system{config};
  /// None waits for the next call: a decoder that has heard another call may
  /// not differ from a new one, but the figures shall not hang on it.
  std::shared_ptr<speech::decoder_pool> decoders
    = std::make_shared<speech::decoder_pool>(
      speech::offline_speech_options{}.model_directory, 0);
  speech::worker_pool workers;
  std::mutex mutex;
  std::vector<double> latencies; ///< under `mutex`
};

namespace {

/// How long a thread has worked.
struct cpu_mark {
  std::thread::id thread;
  double ms = 0;
};

cpu_mark cpu_now() {
  timespec x{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &x);
  return {std::this_thread::get_id(), static_cast<double>(x.tv_sec) * 1e3
                                        + static_cast<double>(x.tv_nsec) / 1e6};
}

/// One call's detector and recogniser, and the stream and stt actors' part.
class call_ear {
public:
  call_ear(caf::actor_system& system, const std::vector<std::string>& phrases,
           std::shared_ptr<speech::decoder_pool> decoders,
           std::shared_ptr<speech::strand> jobs)
    : self_(system), jobs_(std::move(jobs)),
      recognizer_({"CA0", "en-US", phrases},
                  caf::actor_cast<recognition_client_actor>(self_),
                  std::move(decoders), jobs_) {}

  void frame(std::span<const uint8_t> mulaw) {
    auto change = detector_->near_end(mulaw);
    now_ = audio_time{(position_ += mulaw.size()) / per_ms};
    // As in the media socket: the onset is told before the frame is sent on.
    if (change == voice_change::started) {
      events_.push_back({now_, voice_started{}});
      recognizer_.utterance_began();
    }
    batch_.insert(batch_.end(), mulaw.begin(), mulaw.end());
    if (batch_.size() >= batch_size || change == voice_change::stopped)
      flush();
    if (change == voice_change::stopped) {
      events_.push_back({now_, voice_stopped{}});
      end_utterance();
    }
  }

  std::vector<heard> take() {
    std::stable_sort(events_.begin(), events_.end(),
                     [](auto& a, auto& b) { return a.at < b.at; });
    return std::move(events_);
  }

  std::vector<double> latencies;

private:
  void flush() {
    recognizer_.hear(std::exchange(batch_, {}));
    catch_up();
  }

  void end_utterance() {
    auto before = catch_up();
    recognizer_.utterance_ended();
    auto after = catch_up();
    if (before.thread == after.thread)
      latencies.push_back(after.ms - before.ms);
  }

  /// Waits until the recogniser has done all that it was given. Returns what
  /// its thread has worked so far.
  cpu_mark catch_up() {
    auto done = std::make_shared<std::promise<cpu_mark>>();
    jobs_->post([done] { done->set_value(cpu_now()); });
    auto result = done->get_future();
    if (result.wait_for(recogniser_patience) != std::future_status::ready)
      throw std::runtime_error{"the recogniser has fallen silent"};
    auto at = now_ + recognition_latency;
    std::string failure;
    for (auto more = true; more;)
      self_->receive(
        [&](words_partial& x) {
          events_.push_back({at, std::move(x)});
        },
        [&](words_final& x) {
          events_.push_back({at, std::move(x)});
        },
        [](const session_ready&) {},
        [&](const provider_failed& x) { failure = x.why; },
        caf::after(std::chrono::seconds{0}) >> [&] { more = false; });
    if (!failure.empty())
      throw std::runtime_error{"the recogniser failed: " + failure};
    return result.get();
  }

  caf::scoped_actor self_;
  std::shared_ptr<speech::strand> jobs_;
  speech::pocketsphinx_recognizer recognizer_;
  std::unique_ptr<voice_detector> detector_ = speech::make_voice_detector();
  std::vector<uint8_t> batch_;
  size_t position_ = 0;
  audio_time now_{0};
  std::vector<heard> events_;
};

} // namespace

ear::ear(std::vector<std::string> phrases, size_t threads)
  : parts_(std::make_unique<parts>(std::move(phrases), threads)) {
  parts_->decoders->prewarm(parts_->phrases);
}

ear::~ear() = default;

std::vector<heard> ear::listen(std::span<const uint8_t> mulaw) {
  call_ear call{parts_->system, parts_->phrases, parts_->decoders,
                parts_->workers.make_strand()};
  for (; mulaw.size() >= frame_size; mulaw = mulaw.subspan(frame_size))
    call.frame(mulaw.first(frame_size));
  std::lock_guard guard{parts_->mutex};
  auto& all = parts_->latencies;
  all.insert(all.end(), call.latencies.begin(), call.latencies.end());
  return call.take();
}

std::vector<double> ear::work_after_voice() const {
  std::lock_guard guard{parts_->mutex};
  return parts_->latencies;
}

std::vector<std::string> clinic_phrases() {
  auto agent = language::parse(language::example_agent_yaml()).value;
  if (!agent)
    throw std::runtime_error{"config/agents/clinic.yaml is not valid"};
  return language::vocabulary(*agent);
}

} // namespace velox::bench

#include "adapters/language/scripted/scripted_model.hpp"

#include "adapters/language/scripted/dialogue.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

namespace velox::language {

namespace {

using dialogue_ptr = std::shared_ptr<const dialogue>;

class scripted_session : public language_model {
public:
  scripted_session(dialogue_ptr brain, answer_client_actor client)
    : brain_(std::move(brain)), client_(std::move(client)) {}

  void answer(const prompt& x) override {
    if (x.turn <= cancelled_)
      return;
    auto reply = brain_->answer(x);
    auto rest = behind(reply.text, x.said_so_far);
    while (!rest.empty()) {
      // A word with the blank in front of it.
      auto end = rest.find(' ', rest.find_first_not_of(' '));
      end = std::min(end, rest.size());
      caf::anon_send(
        client_, tokens{x.turn, std::string{rest.substr(0, end)}, x.attempt});
      rest.remove_prefix(end);
    }
    answer_done done{x.turn, reply.then, reply.transfer_to, reply.memory};
    done.attempt = x.attempt;
    done.press = reply.press;
    done.expects_keys = reply.expects_keys;
    caf::anon_send(client_, std::move(done));
  }

  void cancel(uint64_t turn) override {
    // All was sent within `answer`; what is on its way is dropped by number.
    cancelled_ = std::max(cancelled_, turn);
  }

private:
  dialogue_ptr brain_;
  answer_client_actor client_;
  uint64_t cancelled_ = 0;
};

/// Agent files parsed once, not once per call.
class dialogue_cache {
public:
  explicit dialogue_cache(local_clock clock) : clock_(std::move(clock)) {}

  dialogue_ptr get(const std::string& script) {
    std::lock_guard guard{mutex_};
    if (auto known = parsed_.find(script); known != parsed_.end())
      return known->second;
    auto file = parse(script);
    if (!file.value) {
      std::string all = "the agent file cannot be used:";
      for (auto& error : file.errors)
        all += "\n" + error;
      throw std::invalid_argument(all);
    }
    // Edited agents leave old versions behind; begin anew before they pile up.
    if (parsed_.size() >= 256)
      parsed_.clear();
    auto made = std::make_shared<const dialogue>(
      std::make_shared<const agent>(std::move(*file.value)), clock_);
    parsed_.emplace(script, made);
    return made;
  }

private:
  std::mutex mutex_;
  local_clock clock_;
  std::map<std::string, dialogue_ptr, std::less<>> parsed_;
};

} // namespace

language_model_factory scripted_model(local_clock clock) {
  auto cache = std::make_shared<dialogue_cache>(std::move(clock));
  return
    [cache](const language_model_options& options,
            answer_client_actor client) -> std::unique_ptr<language_model> {
      return std::make_unique<scripted_session>(
        cache->get(options.agent.script), std::move(client));
    };
}

} // namespace velox::language

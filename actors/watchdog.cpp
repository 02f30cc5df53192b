#include "actors/watchdog.hpp"

#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/uniform_type_info_map.hpp>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace velox::actors {

namespace {

using slot_ptr = std::shared_ptr<work_slot>;

struct slot_list {
  std::mutex mutex;
  std::vector<slot_ptr> all;
};

slot_list& slots() {
  static slot_list result;
  return result;
}

/// Puts the thread's slot on the list for as long as the thread lives.
struct own_slot {
  slot_ptr slot = std::make_shared<work_slot>();

  own_slot() {
    std::lock_guard guard{slots().mutex};
    slots().all.push_back(slot);
  }

  ~own_slot() {
    std::lock_guard guard{slots().mutex};
    std::erase(slots().all, slot);
  }
};

work_slot& this_threads_slot() {
  thread_local own_slot own;
  return *own.slot;
}

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
           std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

} // namespace

busy_mark::busy_mark(const char* actor, const caf::mailbox_element& x)
  : slot_(this_threads_slot()) {
  auto& content = x.content();
  auto type = content.empty() ? caf::rtti_pair{0, nullptr} : content.type(0);
  slot_.actor.store(actor, std::memory_order_relaxed);
  slot_.type.store(type.first, std::memory_order_relaxed);
  slot_.info.store(type.second, std::memory_order_relaxed);
  slot_.since_ns.store(now_ns(), std::memory_order_release);
}

busy_mark::~busy_mark() {
  slot_.since_ns.store(0, std::memory_order_release);
}

struct watchdog::impl {
  impl(caf::actor_system& sys, report_function report,
       std::chrono::milliseconds limit)
    : sys(sys), report(std::move(report)), limit(limit),
      thread([this] { run(); }) {}

  ~impl() {
    {
      std::lock_guard guard{mutex};
      stopping = true;
    }
    wake_up.notify_one();
    thread.join();
  }

  void run() {
    std::unique_lock lock{mutex};
    while (!wake_up.wait_for(lock, limit / 2, [this] { return stopping; })) {
      lock.unlock();
      look();
      lock.lock();
    }
  }

  void look() {
    std::vector<slot_ptr> all;
    {
      std::lock_guard guard{slots().mutex};
      all = slots().all;
    }
    auto now = now_ns();
    for (auto& slot : all) {
      auto since = slot->since_ns.load(std::memory_order_acquire);
      auto span = std::chrono::nanoseconds{now - since};
      if (since == 0 || span < limit || reported[slot.get()] == since)
        continue;
      reported[slot.get()] = since;
      report({slot->actor.load(std::memory_order_relaxed), type_of(*slot),
              std::chrono::duration_cast<std::chrono::milliseconds>(span)});
    }
    std::erase_if(reported, [&](auto& x) {
      return std::none_of(all.begin(), all.end(),
                          [&](auto& y) { return y.get() == x.first; });
    });
  }

  /// The type only: what was said is nobody's business.
  std::string type_of(const work_slot& x) const {
    auto* info = x.info.load(std::memory_order_relaxed);
    auto number = x.type.load(std::memory_order_relaxed);
    if (number == 0 && info == nullptr)
      return "empty";
    return sys.types().portable_name(number, info);
  }

  caf::actor_system& sys;
  report_function report;
  std::chrono::milliseconds limit;
  std::map<const work_slot*, int64_t> reported;
  std::mutex mutex;
  std::condition_variable wake_up;
  bool stopping = false;
  std::thread thread;
};

watchdog::watchdog(caf::actor_system& sys, report_function report,
                   std::chrono::milliseconds limit)
  : impl_(std::make_unique<impl>(sys, std::move(report), limit)) {}

watchdog::~watchdog() = default;

} // namespace velox::actors

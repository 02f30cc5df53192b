#include "persistence/redis/client.hpp"

#include "persistence/redis/link.hpp"
#include "persistence/redis/reconnect.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace velox::persistence::redis {

namespace {

using clock = link::clock;

/// One command on its way to the thread.
struct job {
  std::vector<std::string> command;
  on_reply then;
  const script* program = nullptr; ///< what EVALSHA names
};

} // namespace

/// The thread and what only it touches; the inbox is the only door.
struct client::loop {
  loop(client_options x, listener to)
    : options(std::move(x)),
      told(std::move(to)), commands{options.where,
                                    options.patience,
                                    {[this] { on_ready(); },
                                     [this](const std::string& why) {
                                       on_gone(why);
                                     }}},
      news{options.where,
           options.patience,
           {[this] {
              news_pause.worked();
              news.subscribe(options.channels);
            },
            [this](const std::string&) { news_pause.failed(clock::now()); },
            [this](const std::string& channel, const std::string& text) {
              if (told.message)
                told.message(channel, text);
            }}},
      commands_pause(options.first_pause, options.longest_pause),
      news_pause(options.first_pause, options.longest_pause) {
    if (wake_fd < 0)
      throw std::runtime_error{"the Redis client has no event descriptor; "
                               "raise the limit of open files (ulimit -n)"};
  }

  ~loop() { ::close(wake_fd); }

  void wake() {
    uint64_t one = 1;
    [[maybe_unused]] auto ignored = ::write(wake_fd, &one, sizeof(one));
  }

  void post(job x) {
    std::unique_lock guard{mutex};
    if (open_jobs >= options.queue_limit) {
      guard.unlock();
      count("failed");
      x.then(reply{reply::kind::failed, "too many commands wait for Redis"});
      return;
    }
    ++open_jobs;
    inbox.push_back(std::move(x));
    auto first = inbox.size() == 1; // else it has been woken already
    guard.unlock();
    if (first)
      wake();
  }

  // -- on the thread
  // -------------------------------------------------------

  void run() {
    // Signals are for the main thread, and a lost connection is no reason to
    // die (SIGPIPE): hiredis writes without MSG_NOSIGNAL.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_setname_np(pthread_self(), "redis");
    while (!stopping) {
      open_what_is_due();
      take_inbox();
      wait();
      auto now = clock::now();
      commands.on_time(now);
      news.on_time(now);
      if (news.is_ready() && now - news.last_heard() > options.longest_silence)
        news.close("nothing was heard for too long");
    }
    told = {};
    say_the_rest();
    commands.close("the engine stops");
    take_inbox();
  }

  /// What was sent goes out, and is answered, unless Redis is away or slow.
  void say_the_rest() {
    if (!commands.is_ready())
      return;
    take_inbox();
    auto until = clock::now() + options.patience;
    while (commands.waiting() > 0 && clock::now() < until) {
      pollfd one{commands.fd(), commands.events(), 0};
      ::poll(&one, 1, milliseconds_to(until));
      commands.on_events(one.revents);
    }
  }

  void open_what_is_due() {
    auto now = clock::now();
    if (!commands.is_open() && commands_pause.due(now))
      commands.open();
    if (!options.channels.empty() && !news.is_open() && news_pause.due(now))
      news.open();
  }

  /// While the first connection is being made, commands wait for it.
  void take_inbox() {
    if (!commands.is_ready() && !given_up && !stopping)
      return;
    std::vector<job> jobs;
    {
      std::lock_guard guard{mutex};
      jobs.swap(inbox);
    }
    for (auto& x : jobs)
      carry_out(std::move(x));
  }

  void carry_out(job x) {
    if (!commands.is_ready()) {
      finish(x, reply{reply::kind::failed, "Redis is away: " + why});
      return;
    }
    auto command = std::move(x.command);
    auto* program = x.program;
    // The text goes along for the case that Redis does not know the script.
    auto again = program != nullptr ? command : std::vector<std::string>{};
    commands.send(command, [this, x = std::move(x), program,
                            again = std::move(again)](reply answer) mutable {
      if (program != nullptr && answer.what == reply::kind::refused
          && answer.text.starts_with("NOSCRIPT")) {
        again[0] = "EVAL";
        again[1] = program->text();
        commands.send(again, [this, x = std::move(x)](reply second) mutable {
          finish(x, std::move(second));
        });
        return;
      }
      finish(x, std::move(answer));
    });
  }

  void finish(job& x, reply answer) {
    {
      std::lock_guard guard{mutex};
      --open_jobs;
    }
    count(answer.ok()                           ? "ok"
          : answer.what == reply::kind::refused ? "refused"
                                                : "failed");
    x.then(std::move(answer));
  }

  void on_ready() {
    commands_pause.worked();
    why.clear();
    if (options.counters.up)
      options.counters.up(true);
    if (been_up && options.counters.reconnected)
      options.counters.reconnected();
    been_up = given_up = true;
    down = false;
    if (told.changed)
      told.changed(true, "");
  }

  void on_gone(const std::string& because) {
    commands_pause.failed(clock::now());
    why = because;
    given_up = true;
    if (std::exchange(down, true))
      return; // known
    if (options.counters.up)
      options.counters.up(false);
    if (told.changed)
      told.changed(false, because);
  }

  void wait() {
    std::array<pollfd, 3> watched{{{wake_fd, POLLIN, 0},
                                   {commands.fd(), commands.events(), 0},
                                   {news.fd(), news.events(), 0}}};
    auto until = std::min(commands.deadline(), news.deadline());
    if (!commands.is_open())
      until = std::min(until, commands_pause.next());
    if (!options.channels.empty() && !news.is_open())
      until = std::min(until, news_pause.next());
    if (news.is_ready())
      until = std::min(until, news.last_heard() + options.longest_silence);
    ::poll(watched.data(), watched.size(), milliseconds_to(until));
    if (watched[0].revents != 0) {
      uint64_t count = 0;
      [[maybe_unused]] auto ignored = ::read(wake_fd, &count, sizeof(count));
    }
    if (watched[1].revents != 0)
      commands.on_events(watched[1].revents);
    if (watched[2].revents != 0)
      news.on_events(watched[2].revents);
  }

  static int milliseconds_to(clock::time_point until) {
    auto now = clock::now();
    if (until <= now)
      return 0;
    // Never later than a minute: cheap, and max() does not overflow.
    auto left = std::min<clock::duration>(until - now, std::chrono::minutes{1});
    return static_cast<int>(
      std::chrono::ceil<std::chrono::milliseconds>(left).count());
  }

  void count(std::string_view result) {
    if (options.counters.command)
      options.counters.command(result);
  }

  client_options options;
  listener told;
  link commands;
  link news;
  reconnect commands_pause;
  reconnect news_pause;
  std::string why = "not connected yet";
  bool been_up = false;
  bool given_up = false; ///< the first attempt is over: nobody waits any more
  bool down = false;

  std::mutex mutex;
  std::vector<job> inbox; ///< guarded
  size_t open_jobs = 0;   ///< guarded: in the inbox or without an answer
  std::atomic<bool> stopping = false;
  int wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
};

client::client(client_options options, listener to)
  : loop_(std::make_shared<loop>(std::move(options), std::move(to))) {
  thread_ = std::thread{[loop = loop_] { loop->run(); }};
}

client::~client() {
  loop_->stopping = true;
  loop_->wake();
  if (thread_.get_id() == std::this_thread::get_id())
    thread_.detach(); // the last owner was an answer; the loop is the thread's
  else
    thread_.join();
}

void client::send(std::vector<std::string> command, on_reply then) {
  if (!then)
    then = [](reply) {};
  loop_->post({std::move(command), std::move(then)});
}

void client::run(const script& x, const std::vector<std::string>& keys,
                 const std::vector<std::string>& arguments, on_reply then) {
  std::vector<std::string> command{"EVALSHA", x.sha1(),
                                   std::to_string(keys.size())};
  command.insert(command.end(), keys.begin(), keys.end());
  command.insert(command.end(), arguments.begin(), arguments.end());
  if (!then)
    then = [](reply) {};
  loop_->post({std::move(command), std::move(then), &x});
}

} // namespace velox::persistence::redis

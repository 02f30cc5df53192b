#include "bench/endings/suite.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace velox::bench {

namespace {

std::string words_of(std::span<const heard> events) {
  std::string result;
  for (auto& x : events)
    if (auto* words = std::get_if<words_final>(&x.what))
      result += (result.empty() ? "" : " / ")
                + (words->text.empty() ? "-" : words->text);
  return result;
}

} // namespace

ending judge(ear& listener, const utterance& x) {
  auto audio = speak_utterance(x);
  auto events = listener.listen(audio.mulaw);
  auto policy = default_policy();
  auto unjudged = policy;
  unjudged.judge_words = false;
  auto silence
    = [&](int ms) { return judge_by_silence(events, audio_time{ms}, audio); };
  return {x,
          words_of(events),
          {judge_by_machine(events, policy, x.asked, audio),
           judge_by_machine(events, unjudged, x.asked, audio), silence(500),
           silence(700), silence(1000)}};
}

ending_results
measure_endings(const ending_plan& x,
                const std::function<void(const std::string&)>& progress) {
  auto corpus = load_corpus(x.corpus);
  progress(fmt::format("{} utterances of {}", corpus.size(), x.corpus));
  ear listener{clinic_phrases(), x.threads};
  ending_results result;
  result.endings.resize(corpus.size());
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  auto work = [&] {
    try {
      for (size_t i = 0; (i = next++) < corpus.size();)
        result.endings[i] = judge(listener, corpus[i]);
    } catch (...) {
      std::lock_guard guard{mutex};
      failure = std::current_exception();
      next = corpus.size();
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 0; i < std::max<size_t>(x.threads, 1); ++i)
    threads.emplace_back(work);
  for (auto& thread : threads)
    thread.join();
  if (failure)
    std::rethrow_exception(failure);
  result.latencies = listener.work_after_voice();
  return result;
}

std::vector<std::string> missing(const ending_results& x) {
  std::vector<std::string> result;
  for (auto& ending : x.endings)
    for (size_t i = 0; i < ending_judges.size(); ++i)
      if (!ending.verdicts[i].delay && !ending.verdicts[i].cut)
        result.push_back(fmt::format("\"{}\" never ends ({})", ending.said.say,
                                     ending_judges[i]));
  return result;
}

} // namespace velox::bench

// A thread that the node lends: it runs one function each time it is poked.  Pokes that arrive while the function runs
// make it run once more, so that nothing appended meanwhile is forgotten and nothing queues up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace skerry::edge {

struct WorkerTasks {
  std::function<void()> work;
  // What is left for quiet hours: run once when nothing came for `settle_after` since the last work.  May be empty.
  std::function<void()> settle;
  std::chrono::milliseconds settle_after{};
};

// poke, idle and wait_idle may be called from any thread but the worker's own.
class Worker {
 public:
  // `name` is what the operating system shows, 15 letters at most.
  Worker(std::string name, WorkerTasks tasks);
  // Finishes what it was poked for, then joins.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void poke();
  // No work runs and none was asked for.  (It may be settling.)
  bool idle() const;
  // Returns when idle() holds.
  void wait_idle() const;

 private:
  void run(const std::string& name);
  bool wait_for_poke(std::unique_lock<std::mutex>& lock);

  const WorkerTasks tasks_;
  mutable std::mutex mutex_;
  std::condition_variable poked_signal_;
  mutable std::condition_variable idle_signal_;
  bool poked_ = false;
  bool working_ = false;
  bool ending_ = false;
  bool settled_ = true;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace skerry::edge

// A thread that the node lends: it runs one function each time it is poked, and nothing else.  Pokes that arrive while
// the function runs make it run once more, so that nothing appended meanwhile is forgotten and nothing queues up.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace skerry::edge {

// poke, idle and wait_idle may be called from any thread but the worker's own.
class Worker {
 public:
  // `name` is what the operating system shows, 15 letters at most.
  Worker(std::string name, std::function<void()> work);
  // Finishes what it was poked for, then joins.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void poke();
  // Nothing runs and nothing was asked for.
  bool idle() const;
  // Returns when idle() holds.
  void wait_idle() const;

 private:
  void run(const std::string& name);

  const std::function<void()> work_;
  mutable std::mutex mutex_;
  std::condition_variable poked_signal_;
  mutable std::condition_variable idle_signal_;
  bool poked_ = false;
  bool working_ = false;
  bool ending_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace skerry::edge

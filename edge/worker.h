// A thread that the node lends: it runs one function each time it is poked.  Pokes that arrive while the function runs
// make it run once more, so that nothing appended meanwhile is forgotten and nothing queues up.  While it rests,
// another thread may do a piece of its work in its place, with signals blocked as they are on the worker's own.
#pragma once

#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace skerry::edge {

struct WorkerTasks {
  std::function<void()> work;
  // What is left for quiet hours: run once when nothing came for `settle_after` since the last work.  May be empty.
  std::function<void()> settle;
  std::chrono::milliseconds settle_after{};
};

// poke, stand_in, idle and wait_idle may be called from any thread but the worker's own.
class Worker {
 public:
  // `name` is what the operating system shows, 15 letters at most.
  Worker(std::string name, WorkerTasks tasks);
  // Finishes what it was poked for, then joins.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void poke();
  // Calls `piece` on this thread while the worker stays at rest, and returns true; false if it does not rest.  Counts
  // as work when it comes to settling.  A poke from within makes the worker run afterwards.
  template <class Piece>
  bool stand_in(Piece&& piece) {
    if (!begin_stand_in()) return false;
    std::forward<Piece>(piece)();
    end_stand_in();
    return true;
  }
  // No work runs, here or in its place, and none was asked for.  (It may be settling.)
  bool idle() const;
  // Returns when idle() holds.
  void wait_idle() const;

 private:
  void run(const std::string& name);
  bool wait_for_poke(std::unique_lock<std::mutex>& lock);
  bool begin_stand_in();
  void end_stand_in();

  const WorkerTasks tasks_;
  mutable std::mutex mutex_;
  std::condition_variable poked_signal_;
  mutable std::condition_variable idle_signal_;
  bool poked_ = false;
  bool working_ = false;
  bool settling_ = false;
  bool stood_in_ = false;   // another thread works in its place
  bool worked_on_ = false;  // another thread has, since settling was last thought of
  bool ending_ = false;
  bool settled_ = true;
  sigset_t signals_before_{};  // of the thread that stands in
  std::thread thread_;         // last: it uses all the others
};

}  // namespace skerry::edge

#include "edge/worker.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace skerry::edge {

namespace {

// They would only interrupt a sync.  What was blocked before.
sigset_t block_signals() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  return before;
}

}  // namespace

Worker::Worker(std::string name, WorkerTasks tasks)
    : tasks_(std::move(tasks)), thread_([this, name = std::move(name)] { run(name); }) {}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  poked_signal_.notify_one();
  thread_.join();
}

void Worker::poke() {
  {
    const std::lock_guard lock(mutex_);
    if (poked_) return;
    poked_ = true;
  }
  poked_signal_.notify_one();
}

bool Worker::idle() const {
  const std::lock_guard lock(mutex_);
  return !poked_ && !working_ && !stood_in_;
}

void Worker::wait_idle() const {
  std::unique_lock lock(mutex_);
  idle_signal_.wait(lock, [this] { return !poked_ && !working_ && !stood_in_; });
}

void Worker::run(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
  block_signals();

  std::unique_lock lock(mutex_);
  while (true) {
    if (!wait_for_poke(lock)) {
      if (ending_) return;
      if (std::exchange(worked_on_, false) || stood_in_) continue;
      settled_ = true;
      settling_ = true;
      lock.unlock();
      tasks_.settle();
      lock.lock();
      settling_ = false;
      continue;
    }
    poked_ = false;
    working_ = true;
    settled_ = !tasks_.settle;
    lock.unlock();
    tasks_.work();
    lock.lock();
    working_ = false;
    if (!poked_) idle_signal_.notify_all();
  }
}

// False: there is nothing to do but to settle, or to end.
bool Worker::wait_for_poke(std::unique_lock<std::mutex>& lock) {
  const auto called = [this] { return (poked_ || ending_) && !stood_in_; };
  if (settled_) poked_signal_.wait(lock, [&] { return called() || !settled_; });
  if (!called()) poked_signal_.wait_for(lock, tasks_.settle_after, called);
  return poked_ && !stood_in_;
}

bool Worker::begin_stand_in() {
  const std::lock_guard lock(mutex_);
  if (poked_ || working_ || settling_ || stood_in_) return false;
  stood_in_ = true;
  signals_before_ = block_signals();
  return true;
}

void Worker::end_stand_in() {
  pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
  bool call = false;
  {
    const std::lock_guard lock(mutex_);
    stood_in_ = false;
    worked_on_ = true;
    // Else it waits already, and looks at worked_on_ when its time has come.
    call = poked_ || ending_ || (settled_ && tasks_.settle);
    if (tasks_.settle) settled_ = false;
  }
  if (call) poked_signal_.notify_one();
  idle_signal_.notify_all();
}

}  // namespace skerry::edge

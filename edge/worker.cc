#include "edge/worker.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace skerry::edge {

Worker::Worker(std::string name, std::function<void()> work)
    : work_(std::move(work)), thread_([this, name = std::move(name)] { run(name); }) {}

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
  return !poked_ && !working_;
}

void Worker::wait_idle() const {
  std::unique_lock lock(mutex_);
  idle_signal_.wait(lock, [this] { return !poked_ && !working_; });
}

void Worker::run(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
  // Signals are the loop's affair; here they would only interrupt a sync.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);

  std::unique_lock lock(mutex_);
  while (true) {
    poked_signal_.wait(lock, [this] { return poked_ || ending_; });
    if (!poked_) return;
    poked_ = false;
    working_ = true;
    lock.unlock();
    work_();
    lock.lock();
    working_ = false;
    if (!poked_) idle_signal_.notify_all();
  }
}

}  // namespace skerry::edge

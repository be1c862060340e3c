#include "edge/interrupts.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/ensure.h"

namespace skerry::edge {
namespace {

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Interrupts::Interrupts() {
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  descriptor_ = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  core::ensure(descriptor_ >= 0);
}

Interrupts::~Interrupts() {
  // What has been waited for here must not end the process afterwards.
  signalfd_siginfo taken;
  while (::read(descriptor_, &taken, sizeof(taken)) > 0) {
  }
  ::close(descriptor_);
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

bool Interrupts::wait(std::chrono::milliseconds duration) {
  if (interrupted_) return false;
  pollfd signalled{descriptor_, POLLIN, 0};
  interrupted_ = ::poll(&signalled, 1, static_cast<int>(duration.count())) > 0;
  return !interrupted_;
}

}  // namespace skerry::edge

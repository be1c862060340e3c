// Calls that return late and together.  A return costs a record, a system call and a wake-up on both sides, as much as
// a small call itself, and all that waits for it is the caller's window.
#pragma once

#include <kj/async.h>
#include <kj/timer.h>

#include <chrono>
#include <cstddef>
#include <vector>

namespace skerry::edge {

// One thread.  Gone before they have returned, the calls fail.
class CallReturns {
 public:
  static constexpr auto return_every = std::chrono::milliseconds(5);
  // With so much unreturned nobody waits: far less than a caller's window, so that it never closes for this.
  static constexpr std::size_t unreturned_bytes_max = 512 * 1024;

  explicit CallReturns(kj::Timer& timer) : timer_(timer) {}

  // When a call of so many bytes returns.
  kj::Promise<void> add(std::size_t bytes) {
    unreturned_bytes_ += bytes;
    auto pair = kj::newPromiseAndFulfiller<void>();
    waiting_.push_back(kj::mv(pair.fulfiller));
    if (unreturned_bytes_ >= unreturned_bytes_max) {
      return_all();
    } else if (waiting_.size() == 1) {
      task_ = timer_.afterDelay(return_every / std::chrono::milliseconds(1) * kj::MILLISECONDS)
                  .then([this] { return_all(); })
                  .eagerlyEvaluate(nullptr);
    }
    return kj::mv(pair.promise);
  }

 private:
  void return_all() {
    for (auto& call : waiting_) call->fulfill();
    waiting_.clear();
    unreturned_bytes_ = 0;
  }

  kj::Timer& timer_;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> waiting_;
  std::size_t unreturned_bytes_ = 0;
  kj::Promise<void> task_ = nullptr;
};

}  // namespace skerry::edge

// When a commit begins, if clients wait for it: group commit.
//
// Clients that were answered together ask again together, but the kernel hands their requests over one by one.  To
// begin with the first of them would sync it alone while the others wait for the sync after.  So a commit waits for
// half of those who were being served when answers last left: one half is synced while the other is served.  A client
// that is alone waits for nobody.
#pragma once

#include <cstddef>
#include <utility>

#include "core/time.h"

namespace skerry::edge {

// One thread.
class GroupCommit {
 public:
  // Nobody waits longer than this for others: about what a sync takes on a solid-state disk.
  static constexpr core::Duration gather_max = std::chrono::microseconds(200);

  // An answer waits for what is staged and not yet being committed.
  void joined() { ++waiting_; }
  // What is staged is not to wait: a peer's link has something to say, and it may be what a client far away waits for.
  // Nor could the loop rest meanwhile: a link that is due stays due until its say is taken with what is staged.
  void hurry() { hurried_ = true; }
  // Answers left; so many in all stayed, for the next commit or one that runs.
  void answered(std::size_t left, std::size_t stayed) {
    if (left > 0) quorum_ = (left + stayed + 1) / 2;
  }

  // Whether the commit waits for more.  Time never falls.
  bool gathers(core::Instant now) {
    if (hurried_ || waiting_ == 0 || waiting_ >= quorum_) return false;
    if (until_ == core::never) until_ = now + gather_max;
    return now < until_;
  }
  // When it stops waiting; `never` if it does not wait.
  core::Instant until() const { return until_; }
  // All that is staged is being committed.  How many answers wait for it.
  std::size_t begun() {
    hurried_ = false;
    until_ = core::never;
    return std::exchange(waiting_, 0);
  }

 private:
  std::size_t waiting_ = 0;
  std::size_t quorum_ = 1;
  bool hurried_ = false;
  core::Instant until_ = core::never;
};

}  // namespace skerry::edge

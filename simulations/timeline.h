// Virtual time: what is to happen, in order, and a clock that jumps to the next of it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "core/time.h"

namespace skerry::simulations {

using core::Duration;
using core::Instant;

// Where every timeline starts.
inline constexpr Instant begin_of_world{std::chrono::seconds(1)};

// One thread.  What is due at one instant happens in the order in which it was asked for: no order by address, none by
// chance (I12).
class Timeline {
 public:
  using Action = std::function<void()>;

  Instant now() const { return now_; }
  // `when` in the past means now.
  void at(Instant when, Action action);
  void after(Duration wait, Action action) { at(now_ + wait, std::move(action)); }
  // After all that is due now already: the next turn of a loop.
  void soon(Action action) { at(now_, std::move(action)); }

  // When the next action is due; never if there is none.
  Instant next_at() const;
  // Goes to the next action and does it.  REQUIRES next_at() != never.
  void step();
  // Goes to `when`, at which nothing happens.  REQUIRES now() <= when <= next_at().
  void pass_to(Instant when);

  std::uint64_t steps() const { return steps_; }

 private:
  struct Entry {
    Instant at;
    std::uint64_t order;
    Action action;
  };
  struct Later {
    bool operator()(const Entry& left, const Entry& right) const {
      return left.at != right.at ? left.at > right.at : left.order > right.order;
    }
  };
  bool soon_is_next() const;

  Instant now_ = begin_of_world;
  std::uint64_t last_order_ = 0;
  std::uint64_t steps_ = 0;
  std::vector<Entry> heap_;  // what was asked for another time
  std::deque<Entry> soon_;   // what was asked for now; in order
};

}  // namespace skerry::simulations

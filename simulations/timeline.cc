#include "simulations/timeline.h"

#include <algorithm>
#include <utility>

#include "core/ensure.h"

namespace skerry::simulations {

void Timeline::at(Instant when, Action action) {
  Entry entry{std::max(when, now_), ++last_order_, std::move(action)};
  if (entry.at == now_) return soon_.push_back(std::move(entry));
  heap_.push_back(std::move(entry));
  std::push_heap(heap_.begin(), heap_.end(), Later());
}

Instant Timeline::next_at() const {
  if (!soon_.empty()) return now_;
  return heap_.empty() ? core::never : heap_.front().at;
}

// What was asked for an instant before that instant came goes before what was asked for when it had come.
bool Timeline::soon_is_next() const {
  return !soon_.empty() && (heap_.empty() || Later()(heap_.front(), soon_.front()));
}

void Timeline::step() {
  core::ensure(next_at() != core::never);
  ++steps_;
  Entry entry;
  if (soon_is_next()) {
    entry = std::move(soon_.front());
    soon_.pop_front();
  } else {
    std::pop_heap(heap_.begin(), heap_.end(), Later());
    entry = std::move(heap_.back());
    heap_.pop_back();
  }
  now_ = entry.at;
  entry.action();
}

void Timeline::pass_to(Instant when) {
  core::ensure(now_ <= when);
  core::ensure(when <= next_at());
  now_ = when;
}

}  // namespace skerry::simulations

// A life with each kind of transaction in it, step by step, and one that chance writes.
#pragma once

#include <cstdlib>

#include "tests/simulations/store_life.h"

namespace skerry::simulations {

inline constexpr Step script[] = {
    // A new directory, and the first of everything.
    Step::open, Step::append, Step::commit, Step::append_several, Step::commit, Step::flush, Step::read,
    // Checkpoints because a write-ahead log is long, and logs that begin anew behind them.
    Step::append_large, Step::append_large, Step::commit, Step::append, Step::commit, Step::flush_large, Step::flush,
    Step::append_several, Step::append_large, Step::commit, Step::flush, Step::read,
    // Quiet hours.
    Step::settle_log, Step::append, Step::commit, Step::settle_cells, Step::flush, Step::settle_log, Step::settle_cells,
    // A directory that was closed well, with nothing left over and with something.
    Step::append_several, Step::commit, Step::append, Step::close, Step::open, Step::read, Step::append, Step::commit,
    Step::flush, Step::close};

// Until the world stops or the store has failed: nobody uses it then.  And not for more than `steps_left` steps once a
// fault has struck, though the store may not have noticed.
inline void live(StoreLife& life, std::size_t steps_left) {
  for (const Step step : script) {
    life.take(step);
    if (!life.disk.struck().empty() && steps_left-- == 0) return;
    if (life.failure()) return;
  }
}
inline void live(StoreLife& life) {
  live(life, std::size(script));
}

// Some steps more, well: what a fault has left behind may hurt later.
inline void live_on(StoreLife& life) {
  for (const Step step : {Step::append_several, Step::commit, Step::flush, Step::append_large, Step::append_large,
                          Step::commit, Step::append, Step::commit, Step::flush})
    life.take(step);
}

inline Step random_step(core::Random& chance) {
  constexpr Step steps[] = {
      Step::append,     Step::append,       Step::append_several, Step::append_large, Step::commit,
      Step::commit,     Step::commit,       Step::flush,          Step::flush,        Step::flush_large,
      Step::settle_log, Step::settle_cells, Step::read,           Step::close,        Step::open};
  return steps[chance.below(std::size(steps))];
}

// How many I/O operations the script is.
inline std::uint64_t script_operations() {
  StoreLife life(1);
  live(life);
  EXPECT_FALSE(life.failure()) << life.failure()->detail;
  return life.disk.operations();
}

// "operation 7: write /srv/data/log.db" is a "write /srv/data/log.db".
inline std::string kind_of(const std::string& struck) {
  return struck.substr(struck.find(": ") + 2);
}
// Before an operation that changes nothing on disk a power cut finds what it finds before the next one that does.
inline bool changes_disk(const std::string& kind) {
  return !kind.starts_with("read ") && !kind.starts_with("look ") && !kind.starts_with("open ");
}

// A number that whoever runs the tests may give.
inline std::uint64_t given(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::stoull(text) : otherwise;
}

}  // namespace skerry::simulations

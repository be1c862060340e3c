// Walks all sequences of choices, in order and without randomness: a test asks choose(n) wherever its story may go on
// in n ways, and is run again until every way has been taken.  The number of choices may depend on earlier ones.
//
//   EveryChoice choices;
//   while (choices.next()) { if (choices.choose(2) == 0) … choices.choose(3) … }
//
// After matklad's "Generate All the Things" (2021).
#pragma once

#include <cstddef>
#include <vector>

#include "core/random.h"

namespace skerry {

class EveryChoice {
 public:
  // Begins the next sequence; false when there is none left.  The first call begins the first one.
  bool next() {
    place_ = 0;
    if (!begun_) return begun_ = true;
    while (!taken_.empty() && taken_.back().value + 1 == taken_.back().limit) taken_.pop_back();
    if (taken_.empty()) return false;
    ++taken_.back().value;
    changed_ = taken_.size() - 1;
    return true;
  }

  // Whether this sequence has left the one before it: until then the story is the same, and was checked.
  bool fresh() const { return place_ > changed_; }

  // One of [0, limit).
  std::size_t choose(std::size_t limit) {
    if (place_ == taken_.size()) taken_.push_back({0, limit});
    return taken_[place_++].value;
  }

 private:
  struct Choice {
    std::size_t value;
    std::size_t limit;
  };
  std::vector<Choice> taken_;
  std::size_t place_ = 0;
  std::size_t changed_ = 0;
  bool begun_ = false;
};

// The same question, answered by chance: for stories too long to walk them all.
class RandomChoice {
 public:
  explicit RandomChoice(std::uint64_t seed) : random_(seed) {}
  std::size_t choose(std::size_t limit) { return static_cast<std::size_t>(random_.below(limit)); }
  bool fresh() const { return true; }

 private:
  core::Random random_;
};

}  // namespace skerry

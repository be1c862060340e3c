// Chance that can be repeated: the same seed gives the same numbers with every compiler and library.
// Not for secrets.  xoshiro256** by Blackman and Vigna (2018), seeded by splitmix64.
#pragma once

#include <array>
#include <cstdint>

namespace skerry::core {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  std::uint64_t below(std::uint64_t limit);  // in [0, limit); REQUIRES limit > 0; without bias
  bool chance(double probability);           // true with this probability
  double unit();                             // in [0, 1)
  Random split();                            // an independent stream: drawing from it leaves this one alone

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace skerry::core

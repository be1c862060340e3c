#include "core/random.h"

#include "core/ensure.h"

namespace skerry::core {

namespace {

std::uint64_t rotate_left(std::uint64_t value, int by) {
  return (value << by) | (value >> (64 - by));
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {  // splitmix64
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = rotate_left(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t limit) {
  ensure(limit > 0);
  const std::uint64_t biased = (0 - limit) % limit;  // draws below this would favour small numbers
  std::uint64_t drawn = next();
  while (drawn < biased) drawn = next();
  return drawn % limit;
}

double Random::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}
bool Random::chance(double probability) {
  return unit() < probability;
}
Random Random::split() {
  return Random(next());
}

}  // namespace skerry::core

#include "simulations/trace.h"

namespace skerry::simulations {

void Trace::add(std::uint64_t word) {
  value_ = (value_ ^ word) * 0x9e3779b97f4a7c15;
  value_ ^= value_ >> 29;
}

void Trace::add(core::BytesView bytes) {
  add(std::uint64_t{bytes.size()});
  while (!bytes.empty()) {
    // Byte by byte into a word, so that the order of bytes in this machine's words does not matter.
    const core::BytesView part = bytes.substr(0, sizeof(std::uint64_t));
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < part.size(); ++i) word |= std::uint64_t{static_cast<unsigned char>(part[i])} << (8 * i);
    add(word);
    bytes.remove_prefix(part.size());
  }
}

}  // namespace skerry::simulations

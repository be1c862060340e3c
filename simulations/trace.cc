#include "simulations/trace.h"

namespace skerry::simulations {

void Trace::add(std::uint64_t word) {
  value_ = (value_ ^ word) * 0x9e3779b97f4a7c15;
  value_ ^= value_ >> 29;
}

void Trace::add(core::BytesView bytes) {
  constexpr std::size_t word_size = sizeof(std::uint64_t);
  add(std::uint64_t{bytes.size()});
  // Byte by byte into a word, so that the order of bytes in this machine's words does not matter.
  const auto word_of = [](const char* begin, std::size_t size) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < size; ++i) word |= std::uint64_t{static_cast<unsigned char>(begin[i])} << (8 * i);
    return word;
  };
  for (; bytes.size() >= word_size; bytes.remove_prefix(word_size)) add(word_of(bytes.data(), word_size));
  if (!bytes.empty()) add(word_of(bytes.data(), bytes.size()));
}

}  // namespace skerry::simulations

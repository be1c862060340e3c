// Delta debugging: a small part of a list with which something still happens (Zeller, Hildebrandt: Simplifying and
// Isolating Failure-Inducing Input, IEEE Transactions on Software Engineering 28(2), 2002, the algorithm ddmin).
#pragma once

#include <algorithm>
#include <vector>

namespace skerry::simulations {

// A sublist, in order, of which `happens` is true and from which no single item can be left out.  REQUIRES that it is
// true of `items`.  `happens(const std::vector<Item>&)` is asked about n log n times when few items matter, about n²
// times at worst.  Once it says no to everything, what has been reached is soon returned.
template <class Item, class Happens>
std::vector<Item> ddmin(std::vector<Item> items, Happens&& happens) {
  const auto at = [&items](std::size_t index) { return items.begin() + static_cast<std::ptrdiff_t>(index); };
  if (items.empty() || happens(std::vector<Item>{})) return {};
  std::size_t size = (items.size() + 1) / 2;  // of a part
  while (items.size() > 1) {
    bool smaller = false;
    // All but one part ("reduce to complement").  What the paper tries first, one part alone, is the same for two
    // parts, and seldom true for many.
    for (std::size_t begin = 0; begin < items.size();) {
      const std::size_t end = std::min(begin + size, items.size());
      std::vector<Item> others(items.begin(), at(begin));
      others.insert(others.end(), at(end), items.end());
      if (!others.empty() && happens(others)) {
        items = std::move(others);
        smaller = true;
      } else {
        begin = end;
      }
    }
    if (size == 1 && !smaller) break;
    size = std::max<std::size_t>(1, std::min(size, items.size()) / 2);
  }
  return items;
}

}  // namespace skerry::simulations

// A hash table of pointers to things that carry their own key and hash: one probe, no allocation on lookup.
// Open addressing with linear probing; an erased place is closed by moving its successors back (Knuth, TAOCP 3, 6.4,
// algorithm R).
#pragma once

#include <cstdint>
#include <vector>

#include "core/ensure.h"

namespace skerry::sync {

template <class T>
class PointerTable {
 public:
  PointerTable() : places_(16) {}

  std::size_t size() const { return size_; }

  // The thing with this hash for which `is_it` says yes; null if there is none.
  template <class Equal>
  T* find(std::uint64_t hash, Equal&& is_it) const {
    for (std::size_t i = hash & mask(); places_[i].thing != nullptr; i = (i + 1) & mask()) {
      if (places_[i].hash == hash && is_it(*places_[i].thing)) return places_[i].thing;
    }
    return nullptr;
  }

  // Asks for the memory in which find(hash) will look first.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&places_[hash & mask()]); }
  // What find(hash) will look at first, if it has the same hash; else null.
  T* likely(std::uint64_t hash) const {
    const Place& home = places_[hash & mask()];
    return home.hash == hash ? home.thing : nullptr;
  }

  // REQUIRES that it is not there yet.
  void insert(std::uint64_t hash, T& thing) {
    if (4 * (size_ + 1) > 3 * places_.size()) grow();
    put({hash, &thing});
    ++size_;
  }

  // REQUIRES that it is there.
  void erase(std::uint64_t hash, const T& thing) {
    std::size_t hole = hash & mask();
    while (places_[hole].thing != &thing) {
      core::ensure(places_[hole].thing != nullptr);
      hole = (hole + 1) & mask();
    }
    for (std::size_t i = (hole + 1) & mask(); places_[i].thing != nullptr; i = (i + 1) & mask()) {
      const std::size_t distance_from_home = (i - places_[i].hash) & mask();
      if (distance_from_home < ((i - hole) & mask())) continue;
      places_[hole] = places_[i];
      hole = i;
    }
    places_[hole] = {};
    --size_;
  }

 private:
  struct Place {
    std::uint64_t hash = 0;
    T* thing = nullptr;
  };

  std::size_t mask() const { return places_.size() - 1; }

  void put(const Place& place) {
    std::size_t i = place.hash & mask();
    while (places_[i].thing != nullptr) i = (i + 1) & mask();
    places_[i] = place;
  }

  void grow() {
    std::vector<Place> old(places_.size() * 2);
    old.swap(places_);
    for (const Place& place : old) {
      if (place.thing != nullptr) put(place);
    }
  }

  std::vector<Place> places_;
  std::size_t size_ = 0;
};

}  // namespace skerry::sync

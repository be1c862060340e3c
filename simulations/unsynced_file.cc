#include "simulations/unsynced_file.h"

#include <algorithm>

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using core::Random;

void UnsyncedFile::write(std::size_t offset, BytesView bytes) {
  if (bytes.empty()) return;
  unsynced_.push_back({.resizes = false, .offset = offset, .bytes = Bytes(bytes)});
  apply(seen_, unsynced_.back());
}

void UnsyncedFile::resize(std::size_t size) {
  unsynced_.push_back({.resizes = true, .offset = size, .bytes = {}});
  apply(seen_, unsynced_.back());
}

void UnsyncedFile::apply(Bytes& to, const Change& change) {
  if (change.resizes) return to.resize(change.offset, '\0');
  to.resize(std::max(to.size(), change.offset + change.bytes.size()), '\0');
  to.replace(change.offset, change.bytes.size(), change.bytes);
}

void UnsyncedFile::sync() {
  for (const Change& change : unsynced_) apply(kept_, change);
  unsynced_.clear();
}

void UnsyncedFile::fail_sync(Random& chance) {
  keep(chance.chance(0.5) ? Survival::sectors : Survival::nothing, chance);
}

void UnsyncedFile::lose_power(Survival survival, Random& chance) {
  keep(survival, chance);
  seen_ = kept_;
}

void UnsyncedFile::keep(Survival survival, Random& chance) {
  const std::size_t beginning = chance.below(unsynced_.size() + 1);
  const double share = chance.unit();
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    const Change& change = unsynced_[i];
    switch (survival) {
      case Survival::nothing:
        break;
      case Survival::everything:
        apply(kept_, change);
        break;
      case Survival::beginning:
        if (i < beginning) apply(kept_, change);
        if (i == beginning) tear(change, chance);
        break;
      case Survival::changes:
        if (chance.chance(share)) apply(kept_, change);
        break;
      case Survival::sectors:
        tear(change, chance);
        break;
    }
  }
  unsynced_.clear();
}

// A file that grew may have its new length and not its new bytes: what was in those sectors before is then zeros, or
// anything.
void UnsyncedFile::tear(const Change& change, Random& chance) {
  if (change.resizes) {
    if (chance.chance(0.5)) apply(kept_, change);
    return;
  }
  const std::size_t end = change.offset + change.bytes.size();
  if (end > kept_.size() && chance.chance(0.5)) {
    const std::size_t before = kept_.size();
    const bool is_garbage = chance.chance(0.5);
    kept_.resize(end, '\0');
    for (std::size_t i = std::max(before, change.offset); i < end && is_garbage; ++i)
      kept_[i] = static_cast<char>(chance.next());
  }
  const double share = chance.unit();
  for (std::size_t begin = change.offset; begin < end;) {
    const std::size_t next = std::min(end, (begin / sector_bytes + 1) * sector_bytes);
    if (chance.chance(share))
      apply(kept_, {.resizes = false,
                    .offset = begin,
                    .bytes = Bytes(BytesView(change.bytes).substr(begin - change.offset, next - begin))});
    begin = next;
  }
}

}  // namespace skerry::simulations

// A set's member cell: presence; an add wins over a concurrent remove (OR-set: Bieniusa, Zawirski, Preguiça, Shapiro,
// Baquero, Balegas, Duarte: An Optimized Conflict-free Replicated Set, 2012).
#pragma once

#include "crdt/cell.h"

namespace skerry::crdt {

void add_member(Cell& cell, const Event& event);  // SADD; also of a member that is there (docs/semantics.md)
inline bool is_member(const Cell& cell) {
  return !cell.empty();
}

}  // namespace skerry::crdt

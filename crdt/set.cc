#include "crdt/set.h"

#include "crdt/payload.h"

namespace skerry::crdt {

void add_member(Cell& cell, const Event& event) {
  cell.supersede_all(event.dot, presence_payload(event.stamp));
}

}  // namespace skerry::crdt

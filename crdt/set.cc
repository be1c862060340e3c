#include "crdt/set.h"

#include "crdt/fault.h"
#include "crdt/payload.h"

namespace skerry::crdt {

void add_member(Cell& cell, const Event& event) {
  if (planted(Fault::add_does_not_supersede)) return cell.insert(event.dot, presence_payload(event.stamp));
  cell.supersede_all(event.dot, presence_payload(event.stamp));
}

}  // namespace skerry::crdt

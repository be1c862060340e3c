// What the links with peers tell the node, and ask of it: the node's replica, at the node's time, in the node's turn.
#pragma once

#include "edge/node.h"
#include "edge/peer_link.h"

namespace skerry::edge {

// Of a node that outlives the links.  Give frames the other way with node.set_frame_sink().
LinkEvents link_events_of(Node& node);

}  // namespace skerry::edge

// Who a node is to its peers, as its configuration says.
#pragma once

#include "core/result.h"
#include "edge/config.h"
#include "edge/secure_session.h"

namespace skerry::edge {

// Reads the two secret files.  An error (`invalid`) names the place of the configuration that is wrong, as config.h's
// do; to find the node's own key among its peers is one.
core::Result<SessionIdentity> read_identity(const ClusterConfig& cluster);

}  // namespace skerry::edge

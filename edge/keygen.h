// `skerry keygen`: makes the two secrets that a cluster needs, each in a file of its own.
#pragma once

#include <iosfwd>

#include "edge/command_line.h"

namespace skerry::edge {

// The exit code.  The public key goes to `out`, for the [[peer]] entries of the other nodes; what went wrong to
// `mistakes`; the secret itself only to its file.
int make_key(const KeygenCommand& command, std::ostream& out, std::ostream& mistakes);

}  // namespace skerry::edge

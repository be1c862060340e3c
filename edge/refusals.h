// Commands of Redis that are not offered because they cannot mean here what they mean there.  Whoever calls one is
// told so, instead of being told that it does not exist.
#pragma once

#include <optional>

#include "core/bytes.h"

namespace skerry::edge {

// Why the command (name in any case) is not offered: one reason, a clause without an end.  Nothing for a command that
// is offered, and for a name that we do not know.
std::optional<core::BytesView> reason_not_offered(core::BytesView name);

}  // namespace skerry::edge

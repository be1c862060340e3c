// Which keys the requests in a read buffer will most likely ask for, before any of them is run: so that the memory of
// many keys is on its way at the same time.
#pragma once

#include <span>

#include "core/bytes.h"

namespace skerry::edge {

struct Lookahead {
  std::size_t requests = 0;  // whole ones that were looked at
  std::size_t keys = 0;      // found in them
};

// Looks at the whole RESP arrays at the front of `bytes`, as many as `keys` has room for, and takes each one's second
// word for its key.  A guess: what it says may be no key, and anything unusual ends it, also a request of many words.
// The views are of `bytes`.
Lookahead keys_ahead(core::BytesView bytes, std::span<core::BytesView> keys);

}  // namespace skerry::edge

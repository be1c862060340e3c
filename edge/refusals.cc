#include "edge/refusals.h"

#include <algorithm>
#include <array>
#include <string>

namespace skerry::edge {

namespace {

using core::BytesView;

struct Refusal {
  BytesView names;  // separated by blanks, each with one on both sides
  BytesView reason;
};

// The families that would need one region to decide; docs/semantics.md says so at length, and a test compares.  What is
// merely not there, as RENAME or SUBSCRIBE, is an unknown command.
constexpr std::array refusals = {
    Refusal{" blpop brpop blmove blmpop brpoplpush bzpopmin bzpopmax bzmpop ",
            "two regions would hand the same element to two waiting clients"},
    Refusal{
        " lpush rpush lpushx rpushx lpop rpop lrange llen lindex lset lrem ltrim linsert lmove rpoplpush lpos lmpop ",
        "a list's positions mean different elements in regions that write at once"},
    Refusal{
        " xadd xack xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim ",
        "a stream needs one region to number its entries"},
    Refusal{" eval evalsha eval_ro evalsha_ro script fcall fcall_ro function ",
            "scripts would decide by what one region sees, and the others would have to run them again or believe it"},
};

}  // namespace

std::optional<BytesView> reason_not_offered(BytesView name) {
  constexpr std::size_t name_bytes_max = 20;
  if (name.empty() || name.size() > name_bytes_max || name.find(' ') != BytesView::npos) return std::nullopt;
  std::string wanted = " ";
  for (const char byte : name) wanted.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte);
  wanted.push_back(' ');
  for (const Refusal& refusal : refusals) {
    if (refusal.names.find(wanted) != BytesView::npos) return refusal.reason;
  }
  return std::nullopt;
}

}  // namespace skerry::edge

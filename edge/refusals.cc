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
            "scripts would decide by what one region sees"},
    Refusal{" replicaof slaveof sync psync replconf failover role ",
            "every node takes writes and agrees with its peers; they are set in the configuration"},
    Refusal{" cluster readonly readwrite asking ", "there are no slots: every node holds every key of its spaces"},
    Refusal{" migrate dump restore restore-asking move copy swapdb ",
            "keys travel between nodes by replication, together with what was seen of them"},
    Refusal{" rename renamenx ",
            "a key that is written in another region at the same time would live under both names"},
    Refusal{" save bgsave bgrewriteaof lastsave shutdown module debug ",
            "the node's disk and process are the operator's"},
    Refusal{" monitor ", "keys and values are shown to nobody but their clients"},
    Refusal{" subscribe unsubscribe psubscribe punsubscribe ssubscribe sunsubscribe publish spublish pubsub ",
            "messages that are not stored are not replicated"},
    Refusal{" auth acl ", "there are no users; whoever reaches the port may use it"},
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

#include "edge/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace skerry::edge {

std::size_t clients_that_fit(std::size_t clients_wanted) {
  const rlim_t needed = clients_wanted + descriptors_kept;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return clients_wanted;
  if (limit.rlim_cur < needed) {
    rlimit raised = limit;
    raised.rlim_cur = std::min(needed, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur >= needed) return clients_wanted;
  return limit.rlim_cur > descriptors_kept ? limit.rlim_cur - descriptors_kept : 1;
}

}  // namespace skerry::edge

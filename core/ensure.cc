#include "core/ensure.h"

#include <cstdio>
#include <cstdlib>

namespace skerry::core {

void ensure_failed(const char* file, int line) {
  std::fprintf(stderr, "skerry: a condition that always holds does not: %s:%d\n", file, line);
  std::abort();
}

}  // namespace skerry::core

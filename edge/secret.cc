#include "edge/secret.h"

namespace skerry::edge {

std::uint8_t* allocate_guarded(std::size_t size) {
  static const bool ready = sodium_init() >= 0;
  core::ensure(ready);
  void* bytes = sodium_malloc(size);
  core::ensure(bytes != nullptr);
  return static_cast<std::uint8_t*>(bytes);
}

void FreeGuarded::operator()(std::uint8_t* bytes) const noexcept {
  sodium_free(bytes);
}

bool equal_in_constant_time(core::BytesView left, core::BytesView right) {
  return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace skerry::edge

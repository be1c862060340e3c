// Frames of a peer that was authenticated and is not to be trusted, several messages and sessions an input, into a
// replica with some state; tests/sync/receive_world.h says what must hold whatever they are.
#include <cstdint>

#include "tests/sync/receive_world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  skerry::sync::receive_all({reinterpret_cast<const char*>(data), size});
  return 0;
}

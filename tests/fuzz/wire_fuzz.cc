// Frames of a stranger, one conversation an input.  The input is a list of items, each `size u16 big-endian · bytes`:
// in odd inputs (by the first byte) an item is a frame, in even ones the words of a message, to which a right header is
// added, so that the fuzzer need not guess sizes.
#include <algorithm>
#include <cstdint>

#include "core/ensure.h"
#include "sync/frames.h"
#include "sync/wire.h"

using namespace skerry;  // a program of its own

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  core::ByteReader input({reinterpret_cast<const char*>(data), size});
  const bool frames = input.u8() % 2 == 1;
  sync::Decoder decoder(core::Space{3});
  sync::Encoder encoder;
  sync::Decoder again(core::Space{3});
  while (input.ok() && !input.rest().empty()) {
    const std::size_t announced = input.u16();
    core::BytesView item = input.take(std::min(announced, input.rest().size()));
    core::Bytes framed(item);
    if (!frames) {
      item = item.substr(0, item.size() / 8 * 8);
      if (item.empty()) return 0;
      framed = sync::cut_into_frames(core::Bytes(sync::frame_header_size, '\0').append(item))[0];
    }
    const auto decoded = decoder.decode(framed);
    if (!decoded) return 0;
    if (!*decoded) continue;
    // What was accepted can be said again, and is heard the same.
    const auto told = encoder.encode(**decoded);
    core::ensure(told.has_value());
    for (const core::Bytes& frame : *told) {
      const auto heard = again.decode(frame);
      core::ensure(heard.has_value());
      core::ensure(!heard->has_value() || **heard == **decoded);
    }
  }
  return 0;
}

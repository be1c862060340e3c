// A message's bytes as frames, and frames as a message again.  schema/sync.capnp specifies the eight bytes in front.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace skerry::sync {

inline constexpr std::uint8_t frame_format = 1;
inline constexpr std::size_t frame_header_size = 8;

// `room_and_message` begins with frame_header_size bytes of any content, so that a message which fits one frame is not
// copied.  REQUIRES a message of 1 to message_bytes_max bytes, a multiple of 8.
std::vector<core::Bytes> cut_into_frames(core::Bytes room_and_message);

// Gathers the frames of one direction of a session.  After a failure every later call fails.
class FrameGatherer {
 public:
  // The message that this frame completes; nothing while more frames are to come.  The view lives until the next call,
  // and no longer than `frame`'s bytes.  Memory grows with what has arrived, not with what was announced.
  core::Result<std::optional<core::BytesView>> take(core::BytesView frame);

 private:
  core::Bytes gathered_;
  std::size_t rest_ = 0;  // bytes of the message begun that are still to come
  bool failed_ = false;
};

}  // namespace skerry::sync

// Messages to frames and back.  One Encoder and one Decoder per session and space and direction: contexts travel as
// changes to the last one sent, and replica ids as numbers of a table that grows with the session, so frames must be
// decoded in the order in which they were encoded.  After a failed decode the session must end.
// Cap'n Proto stays inside wire.cc, and so do its exceptions.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/result.h"
#include "sync/message.h"

namespace skerry::sync {

class Encoder {
 public:
  Encoder();
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;

  // The message as one frame, or several if it is larger than frame_bytes_max; each at most that.
  // REQUIRES the message to be within sync/limits.h, and that each frame is given to the peer's decoder: a frame that
  // is dropped ends the session.
  std::vector<core::Bytes> encode(const Message& message);

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

class Decoder {
 public:
  // For the frames of one space: an address of any other is `malformed`.
  explicit Decoder(core::Space space);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // The message that this frame completes; nothing while more frames of it are to come.  `malformed`, `too_large` or
  // `unsupported` on a stranger's bytes that are not what the schema says, or beyond sync/limits.h.  Payloads are
  // checked with crdt::check_payload, addresses with core::decode_address.
  core::Result<std::optional<Message>> decode(core::BytesView frame);

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace skerry::sync

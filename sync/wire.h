// Messages to frames and back.  One Encoder and one Decoder per session and space and direction: contexts travel as
// changes to the last one sent, and replica ids as numbers of a table that grows with the session, so frames must be
// decoded in the order in which they were encoded.  After a failed decode the session must end.
// Cap'n Proto stays inside wire_encoder.cc and wire_decoder.cc, and so do its exceptions.
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

  // The message as one frame, or several if it is larger than frame_bytes_max; each at most that.  `too_large` if it is
  // more than message_bytes_max, or names more replicas than a session may: what a message holds comes from other
  // peers. A frame that is not given to the peer's decoder, and any error, ends the session.
  core::Result<std::vector<core::Bytes>> encode(const Message& message);

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

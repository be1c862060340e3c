#include "sync/frames.h"

#include <algorithm>

#include "core/ensure.h"
#include "sync/limits.h"

namespace skerry::sync {

namespace {

constexpr std::size_t part_bytes_max = frame_bytes_max - frame_header_size;
constexpr std::size_t message_alignment = 8;

core::Bytes header_of(bool begins, std::size_t rest) {
  core::Bytes header;
  core::put_u8(header, frame_format);
  core::put_u8(header, begins ? 1 : 0);
  core::put_u16(header, 0);
  core::put_u32(header, static_cast<std::uint32_t>(rest));
  return header;
}

struct Header {
  std::uint8_t format = 0;
  std::uint8_t begins = 0;
  std::uint16_t zero = 0;
  std::size_t rest = 0;
};

Header read_header(core::ByteReader& reader) {
  Header header;
  header.format = reader.u8();
  header.begins = reader.u8();
  header.zero = reader.u16();
  header.rest = reader.u32();
  return header;
}

struct Part {
  core::BytesView bytes;
  std::size_t rest = 0;  // of the message, after these
};

core::Result<Part> part_of(core::BytesView frame, std::size_t rest_expected) {
  using core::ErrorCode;
  core::ByteReader reader(frame);
  const Header header = read_header(reader);
  if (!reader.ok()) return core::fail(ErrorCode::malformed, "a frame is shorter than its header");
  if (header.format != frame_format) {
    return core::fail(ErrorCode::unsupported, "a frame has a format other than 1, the one this version knows");
  }
  const bool begins = rest_expected == 0;
  if (header.begins != (begins ? 1 : 0) || header.zero != 0) {
    return core::fail(ErrorCode::malformed, "a frame does not continue what was begun before it");
  }
  if (header.rest > message_bytes_max) {
    return core::fail(ErrorCode::too_large, "a message is announced that is larger than 64 MiB");
  }
  if (begins ? header.rest == 0 || header.rest % message_alignment != 0 : header.rest != rest_expected) {
    return core::fail(ErrorCode::malformed, "a frame announces a size that its message cannot have");
  }
  if (reader.rest().size() != std::min(header.rest, part_bytes_max)) {
    return core::fail(ErrorCode::malformed, "a frame holds more or less than its header announces");
  }
  return Part{reader.rest(), header.rest - reader.rest().size()};
}

}  // namespace

std::vector<core::Bytes> cut_into_frames(core::Bytes room_and_message) {
  core::ensure(room_and_message.size() > frame_header_size);
  const std::size_t size = room_and_message.size() - frame_header_size;
  core::ensure(size <= message_bytes_max && size % message_alignment == 0);
  std::vector<core::Bytes> frames;
  if (size <= part_bytes_max) {
    room_and_message.replace(0, frame_header_size, header_of(true, size));
    frames.push_back(std::move(room_and_message));
    return frames;
  }
  const core::BytesView message = core::BytesView(room_and_message).substr(frame_header_size);
  for (std::size_t at = 0; at < size; at += part_bytes_max) {
    const core::BytesView part = message.substr(at, part_bytes_max);
    core::Bytes& frame = frames.emplace_back();
    frame.reserve(frame_header_size + part.size());
    frame.append(header_of(at == 0, size - at));
    frame.append(part);
  }
  return frames;
}

core::Result<std::optional<core::BytesView>> FrameGatherer::take(core::BytesView frame) {
  if (failed_) return core::fail(core::ErrorCode::malformed, "an earlier frame has ended this conversation");
  const bool begins = rest_ == 0;
  if (begins) core::Bytes().swap(gathered_);  // a large message's memory is not kept
  const core::Result<Part> part = part_of(frame, rest_);
  if (!part) {
    failed_ = true;
    return tl::make_unexpected(part.error());
  }
  rest_ = part->rest;
  if (begins && rest_ == 0) return part->bytes;
  gathered_.append(part->bytes);
  if (rest_ > 0) return std::nullopt;
  return core::BytesView(gathered_);
}

}  // namespace skerry::sync

// What the steps of a replica want from the world, and the only road to it: through the disk.
//
// Frames and answers depend on an lsn: they may tell others about a write only once that write is on disk (I2).  An
// Output cannot be opened; it can only be appended to a store, which gives Held things, and those open when the store
// says that their lsn is durable.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "sync/store.h"

namespace skerry::sync {

// Something that may leave once `lsn` is durable.
template <class T>
class Held {
 public:
  Held(Lsn lsn, T thing) : lsn_(lsn), thing_(std::move(thing)) {}
  Lsn lsn() const { return lsn_; }
  bool opens(Lsn durable_to) const { return lsn_ <= durable_to; }
  // The thing, or nothing if it must wait longer.
  std::optional<T> open(Lsn durable_to) && {
    if (!opens(durable_to)) return std::nullopt;
    return std::move(thing_);
  }

 private:
  Lsn lsn_;
  T thing_;
};

// One session with one peer, as the replica and its node call it.  Never reused while the process lives.
struct LinkId {
  std::uint64_t number = 0;
  auto operator<=>(const LinkId&) const = default;
};

struct Frame {
  LinkId to;
  core::Space space;
  core::Bytes bytes;
};

class Output {
 public:
  bool empty() const { return !segment_ && frames_.empty(); }

  // Appends what there is to append and hands over the frames, each held by its lsn.
  std::vector<Held<Frame>> append_to(Store& store) && {
    if (segment_) store.append(std::move(*segment_));
    return std::move(frames_);
  }

  // --- for the replica
  void set_segment(Segment segment) { segment_ = std::move(segment); }
  void send(Lsn depends_on, Frame frame) { frames_.emplace_back(depends_on, std::move(frame)); }

 private:
  std::optional<Segment> segment_;
  std::vector<Held<Frame>> frames_;
};

}  // namespace skerry::sync

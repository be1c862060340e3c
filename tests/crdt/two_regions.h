// Two replicas in sync, for cases that a person reads: do something in each, tell each other, look.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "crdt/keyspace.h"

namespace skerry::crdt {

inline core::ReplicaId replica_number(std::uint8_t number) {
  core::ReplicaId id;
  id.bytes[15] = number;
  return id;
}

inline WallTime at_seconds(std::int64_t seconds) {
  return core::from_unix_milliseconds(seconds * 1000);
}

// A key of one region, to write to and to read from.
class OpenKey {
 public:
  OpenKey(Keyspace& keyspace, BytesView name, WallTime now)
      : keyspace_(keyspace), name_(name), now_(now), key_(keyspace.key(name, now)), write_(key_, now) {}
  OpenKey(const OpenKey&) = delete;
  OpenKey& operator=(const OpenKey&) = delete;

  KeyWriter<Keyspace::Key>* operator->() { return &write_; }

  std::optional<Kind> kind() const { return visible_kind(key_, now_); }
  std::optional<WallTime> deadline() const { return effective_deadline(key_.string(), key_.expiry(), now_); }
  std::optional<std::string> string() const { return text(Kind::string, {}); }
  std::optional<std::string> field(BytesView field) const { return text(Kind::hash, field); }
  bool contains(BytesView member) const { return is_member(keyspace_.cell(name_, Kind::set, member)); }
  std::optional<double> score(BytesView member) const {
    return read_score(keyspace_.cell(name_, Kind::sorted_set, member), now_);
  }

 private:
  std::optional<std::string> text(Kind kind, BytesView member) const {
    Bytes scratch;
    const auto text = read_string(keyspace_.cell(name_, kind, member), now_, scratch);
    if (!text) return std::nullopt;
    return std::string(*text);
  }

  Keyspace& keyspace_;
  Bytes name_;
  WallTime now_;
  Keyspace::Key key_;
  KeyWriter<Keyspace::Key> write_;
};

class TwoRegions : public testing::Test {
 protected:
  // The clock of a region, in seconds.
  OpenKey east(BytesView name, std::int64_t seconds = 1000) { return {east_, name, at_seconds(seconds)}; }
  OpenKey west(BytesView name, std::int64_t seconds = 1000) { return {west_, name, at_seconds(seconds)}; }

  // Each tells the other what it has not seen; then both must hold the same.
  void sync(std::int64_t seconds = 1000) {
    const Delta eastward = west_.delta_beyond(east_.context());
    const Delta westward = east_.delta_beyond(west_.context());
    east_.join(eastward, at_seconds(seconds));
    west_.join(westward, at_seconds(seconds));
    EXPECT_EQ(east_.cells(), west_.cells());
    EXPECT_EQ(east_.context(), west_.context());
  }

  std::uint64_t events() const { return east_.records().size(); }

  Keyspace east_{replica_number(1)};
  Keyspace west_{replica_number(2)};
};

}  // namespace skerry::crdt

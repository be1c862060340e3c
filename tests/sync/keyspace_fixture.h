// A keyspace over a store in memory, and short words for what tests do with it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sync/keyspace.h"
#include "sync/limits.h"
#include "sync/memory_store.h"

namespace skerry::sync {

inline core::ReplicaId replica_named(char name) {
  core::ReplicaId id;
  id.bytes.fill(static_cast<std::uint8_t>(name));
  return id;
}

inline Now at_milliseconds(std::int64_t milliseconds) {
  return {core::Instant(std::chrono::milliseconds(milliseconds)),
          core::from_unix_milliseconds(1'700'000'000'000 + milliseconds)};
}

// One replica's keyspace and its disk.
class Host {
 public:
  explicit Host(char name = 'a', std::size_t cache_bytes = 64 << 20,
                MemoryStore::Mode mode = MemoryStore::Mode::automatic)
      : Host(Keyspace::Options{.self = replica_named(name), .cache_bytes = cache_bytes}, mode) {}
  explicit Host(const Keyspace::Options& options, MemoryStore::Mode mode) : options_(options), store_(mode) { start(); }

  Keyspace& operator*() { return *keyspace_; }
  Keyspace* operator->() { return keyspace_.get(); }
  MemoryStore& store() { return store_; }

  Now now() const { return at_milliseconds(milliseconds_); }
  void pass(std::int64_t milliseconds) { milliseconds_ += milliseconds; }

  Transaction begin(std::uint16_t space = 0) { return keyspace_->begin(Space{space}, now()); }
  SpaceState& state(std::uint16_t space = 0) { return keyspace_->state(Space{space}); }

  // Runs f(KeyAccess&) in a transaction of its own.
  template <class F>
  auto on(const std::string& key, F&& f) {
    Transaction transaction = begin();
    auto access = transaction.key(key);
    EXPECT_TRUE(access.has_value());
    return f(*access);
  }

  void set(const std::string& key, const std::string& value) {
    on(key, [&](KeyAccess& access) { EXPECT_TRUE(access.write().set(value, {}).has_value()); });
  }
  std::optional<std::string> get(const std::string& key) {
    return on(key, [](KeyAccess& access) -> std::optional<std::string> {
      Bytes scratch;
      if (access.kind() != Kind::string) return std::nullopt;
      return std::string(access.string(scratch));
    });
  }
  bool remove(const std::string& key) {
    return on(key, [](KeyAccess& access) { return access.write().remove().value(); });
  }
  std::optional<Kind> kind(const std::string& key) {
    return on(key, [](KeyAccess& access) { return access.kind(); });
  }

  // Stages → the store's log.
  void commit() {
    if (auto segment = keyspace_->take_segment()) store_.append(std::move(*segment));
  }
  void flush() {
    commit();
    store_.sync();
    // As many steps as slices of all there can be in a test, and one round for what came in between.
    // Events that touch no cell leave nothing to flush: then there is nothing due, however long one waits.
    bool done = false;
    for (int i = 0; i < 10'000 && !done; ++i) {
      keyspace_->flush_step(now());
      if (store_.flushing()) store_.complete_flush();
      done = !flush_due_ever() || (keyspace_->sweeps() && store_.flushed_to() == keyspace_->staged_to());
    }
    EXPECT_TRUE(done);
  }
  bool flush_due_ever() const { return keyspace_->flush_due(at_milliseconds(milliseconds_ + 3'600'000)); }
  // The same, until the store shows nothing any more of what range removals took.
  void sweep() {
    flush();
    for (int i = 0; i < 100'000 && flush_due_ever(); ++i) {
      keyspace_->flush_step(now());
      if (store_.flushing()) store_.complete_flush();
    }
    EXPECT_FALSE(flush_due_ever());
  }
  // Power is lost; what was not durable is gone, but for some segments.
  void crash(std::size_t segments_kept = 0) {
    keyspace_.reset();
    store_.crash(segments_kept);
    start();
  }
  // Stops and starts with all on disk.
  void restart() {
    commit();
    store_.sync();
    keyspace_.reset();
    start();
  }

  std::map<Bytes, crdt::Cell> cells(std::uint16_t space = 0) {
    std::map<Bytes, crdt::Cell> cells;
    Bytes before;
    const auto visited = keyspace_->for_each_cell(state(space), [&](BytesView address, const crdt::Cell& cell) {
      EXPECT_LT(before, address);
      EXPECT_FALSE(cell.empty());
      before = address;
      cells.emplace(address, cell);
      return true;
    });
    EXPECT_TRUE(visited.has_value());
    return cells;
  }

 private:
  void start() {
    keyspace_ = std::make_unique<Keyspace>(store_, options_);
    const auto loaded = keyspace_->load(now());
    EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().detail);
  }

  Keyspace::Options options_;
  MemoryStore store_;
  std::unique_ptr<Keyspace> keyspace_;
  std::int64_t milliseconds_ = 0;
};

}  // namespace skerry::sync

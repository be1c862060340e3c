// Writes what is dirty to the store's rows, as it was at one lsn, in slices that never hold the loop for long.
//
// At the start the current generation of dirty items is frozen.  Slices of it become rows; whatever is about to change
// before its turn is encoded first (copy before change), so the flush holds exactly the effect of the entries up to its
// lsn.  Then rows that show what range removals took are put right, so many a flush (sync/sweeper.h).  Slices are
// sorted one by one and then joined, a bounded piece a step.  The flush is handed to the store once its lsn is durable.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sync/cell_table.h"
#include "sync/replica_table.h"
#include "sync/store.h"

namespace skerry::sync {

class Flusher {
 public:
  Flusher(Store& store, CellTable& table, ReplicaTable& replicas) : store_(store), table_(table), replicas_(replicas) {}

  bool under_way() const { return stage_ != Stage::idle; }
  // What its rows take in memory, about, until it is complete.
  std::size_t bytes() const { return bytes_; }
  // Nothing can be done before the store has moved.
  bool waits() const;

  // Replica ids below this are among the rows' facts already.
  void replicas_known(ReplicaTable::Index count) { replicas_stored_ = count; }

  // Freezes what is dirty now, when the log ends at `complete_to`.  REQUIRES that none is under way.
  void begin(Lsn complete_to, std::vector<Row> facts);
  // A bounded piece of work.  Whether the flush is complete with it.
  bool step();

  // Between what is encoded and what is ordered: the owner puts rows, which those of dirty items override, until it
  // says that there are enough.
  bool sweeping() const { return stage_ == Stage::sweeping; }
  void put_swept(core::Bytes key, std::optional<core::Bytes> value) { put(std::move(key), std::move(value)); }
  void swept();

  // Call before every change of these.
  void changing(CachedKey& key) {
    if (table_.waits_to_be_encoded(key)) [[unlikely]]
      encode(key);
  }
  void changing(CachedMember& member) {
    if (table_.waits_to_be_encoded(member)) [[unlikely]]
      encode(member);
  }

 private:
  enum class Stage { idle, encoding, sweeping, ordering, waiting, storing };
  struct Run {
    std::vector<Row> rows;
    std::size_t next = 0;
  };

  void encode(CachedKey& key);
  void encode(CachedMember& member);
  void put(core::Bytes key, std::optional<core::Bytes> value);
  void encode_slice();
  void end_run();
  void order_slice();
  void hand_over();

  Store& store_;
  CellTable& table_;
  ReplicaTable& replicas_;
  Stage stage_ = Stage::idle;
  std::vector<CacheItem*> frozen_;
  std::size_t next_frozen_ = 0;
  std::vector<Row> run_;
  std::vector<Run> runs_;
  std::vector<std::size_t> heap_;  // indexes of runs_, the one with the least next key first
  Flush flush_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
  ReplicaTable::Index replicas_stored_ = 0;
};

}  // namespace skerry::sync

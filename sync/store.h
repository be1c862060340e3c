// The replica's memory across restarts: a log of segments, synced before anything leaves, and rows that follow later.
// The only virtual interface of the program, because two real disks exist: SQLite and the simulator's.
//
// Thread rule: all calls from one thread (the node's loop).  An implementation may do the waiting part of `append`
// and `flush` on threads that its owner lends it; it owns none.
// Crash rule: at any instant a crash leaves a prefix of the appended segments that includes all up to durable_to(),
// with exactly the facts of that prefix, and the rows of either the last completed flush or the one under way.
// Trimming the log comes with reconciliation; until then it holds every entry from 1.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace skerry::sync {

// Counts the log entries of a store, over all spaces, from 1.  0 is "before everything".
using Lsn = std::uint64_t;

struct Row {
  core::Bytes key;
  std::optional<core::Bytes> value;  // none: the row is removed
};

// Entries first..last of the log (sync/segment.h gives the bytes a meaning), and small facts that must become durable
// together with them.  A store keeps the log's facts in memory: they are for what is few and small.
struct Segment {
  Lsn first = 0;
  Lsn last = 0;  // REQUIRES first <= last: a segment holds at least one entry
  core::Bytes bytes;
  std::vector<Row> facts;  // of one key twice, the later counts
};

// The rows as they were when the log ended at `complete_to`.  `rows` sorted by key, no key twice.
struct Flush {
  Lsn complete_to = 0;
  std::vector<Row> rows;
  std::vector<Row> facts;
};

// What the disk has space for.
enum class Room {
  enough,  // for all
  scarce,  // for what removes: nothing else shall be written until there is enough again
  none,    // for nothing: what was appended waits in memory, and is not durable
};

class Store {
 public:
  // Return false to stop.  The views live until the visitor returns.  A visitor may call what is const here.
  using RowVisitor = std::function<bool(core::BytesView key, core::BytesView value)>;
  using SegmentVisitor = std::function<bool(Lsn first, Lsn last, core::BytesView bytes)>;

  virtual ~Store() = default;

  // --- the log
  // Takes the segment and returns at once; segments become durable in order.  REQUIRES segment.first follows the last
  // appended one without a gap.  After a failure the segment is dropped.
  virtual void append(Segment segment) = 0;
  // Everything up to here survives a crash.  Moves by itself after append; never falls while the store is open.
  virtual Lsn durable_to() const = 0;
  // The last appended lsn; after opening, the last one found on disk.
  virtual Lsn appended_to() const = 0;
  // Visits the durable segments that hold any entry >= from, in order.  `corrupt` at the first one that is damaged or
  // missing: what follows it is not visited.
  virtual core::Result<void> read_log(Lsn from, const SegmentVisitor& visit) const = 0;
  // A fact as last appended (also if not durable yet).
  virtual core::Result<std::optional<core::Bytes>> log_fact(core::BytesView key) const = 0;
  // The facts whose key begins with `prefix`, in the order of keys.
  virtual core::Result<void> log_facts(core::BytesView prefix, const RowVisitor& visit) const = 0;

  // --- the rows, as of the last completed flush.  While flushing() a call may already see the flush under way, as a
  // whole: whoever flushed the rows still holds them and looks there first.
  // `corrupt` if a row's checksum does not match: such a row is never served.
  virtual core::Result<std::optional<core::Bytes>> read(core::BytesView key) const = 0;
  // Rows with first <= key < limit, in order; an empty limit is no limit.  One call sees one flush.
  virtual core::Result<void> scan(core::BytesView first, core::BytesView limit, const RowVisitor& visit) const = 0;
  virtual core::Result<std::optional<core::Bytes>> row_fact(core::BytesView key) const = 0;
  virtual core::Result<void> row_facts(core::BytesView prefix, const RowVisitor& visit) const = 0;
  // Takes the flush and returns at once; later, all of it or nothing is applied.  REQUIRES no flush is under way and
  // flushed_to() <= flush.complete_to <= durable_to().  After a failure the flush is dropped.
  virtual void flush(Flush flush) = 0;
  virtual bool flushing() const = 0;
  // The rows hold the effect of all entries up to here, and of none later; they survive a crash.
  virtual Lsn flushed_to() const = 0;

  // A full disk is no failure: what was appended and flushed is written once there is space.  Moves by itself.
  virtual Room room() const = 0;
  // After any other failed write this is set and stays set: what is on disk is unknown, and the store must not be used
  // again.
  virtual const std::optional<core::Error>& failure() const = 0;
};

}  // namespace skerry::sync

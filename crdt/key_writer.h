// Commands on one key, as events on its cells.  Here stands what a write means beyond its own cell: a write to an
// expired key removes it first, a write that creates a key removes a stray expiry, a write that keeps a deadline
// writes it again, SET over a set removes the set (docs/semantics.md).
//
// Generic over how a key's cells are kept (concept KeyCells): crdt/keyspace.h keeps them in a map, sync in its cache.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "crdt/cell.h"
#include "crdt/expiry.h"
#include "crdt/payload.h"
#include "crdt/set.h"
#include "crdt/string.h"

namespace skerry::crdt {

using core::Kind;
using core::Result;

// One key of one space, as a mutation sees it.
//
//   const Cell& string() const, expiry() const     the key's own cells; empty when there are none
//   std::uint64_t count(Kind) const                how many members of hash, set or sorted_set are present for readers
//   bool holds(Kind) const                         whether there is any cell of that kind, present or not
//   Result<void> change(Kind, BytesView member, f) calls f(Cell&, const Event&) → bool once, with the cell and the
//                                                  event that the change would be.  If f returns true the event is
//                                                  used: it is logged, and counts and derived rows follow.  If false,
//                                                  f left the cell as it was and no event was made.  f may read
//                                                  string() and expiry() meanwhile
//   Result<void> remove_range()                    one event: removes all that has been seen under the key, of every
//                                                  kind, except payloads that are only resets.
//   Result<void> reset_each(const vector<ToReset>&)  remove_string on each of these cells, one event each.  What a
//   range
//                                                  removal must not take along goes like this before it, so nobody
//                                                  misses what lies between: a keeper whose batches are bounded may
//                                                  use several.  If it fails with too_large nothing was changed
//   Result<void> for_each_cell(Kind, f)            f(BytesView member, const Cell&) for each cell of a kind with
//                                                  members, present or not; the key must not be changed meanwhile
//   bool may_leave_resets(Kind) const              optional: false where the keeper knows that no cell of that kind has
//                                                  a tally or a reset, so that removing the key need not look at them
//   Result<bool> scatters_resets()                 optional: whether payloads that are only resets lie so scattered
//   that
//                                                  remove_range could not spare them; then they are written again first
//   Result<void> accepts(BytesView value)          optional: too_large for a value that is longer than the keeper takes
struct ToReset {
  Kind kind;
  Bytes member;
  std::size_t bytes_max;  // of the payload that will be there
};

template <class K>
concept KeyCells = requires(K& key, const K& view, Kind kind) {
  { view.string() } -> std::same_as<const Cell&>;
  { view.expiry() } -> std::same_as<const Cell&>;
  { view.count(kind) } -> std::same_as<std::uint64_t>;
  { view.holds(kind) } -> std::same_as<bool>;
  { key.remove_range() } -> std::same_as<Result<void>>;
  { key.reset_each(std::vector<ToReset>()) } -> std::same_as<Result<void>>;
};

// What readers see of a key: the first present of string, hash, set, sorted set, unless it has expired.
template <KeyCells K>
std::optional<Kind> visible_kind(const K& key, WallTime now) {
  std::optional<Kind> kind;
  if (present(key.string())) {
    kind = Kind::string;
  } else {
    for (const Kind candidate : {Kind::hash, Kind::set, Kind::sorted_set}) {
      if (key.count(candidate) > 0) {
        kind = candidate;
        break;
      }
    }
  }
  if (!kind) return std::nullopt;
  const auto deadline = effective_deadline(key.string(), key.expiry(), now);
  return deadline && *deadline <= now ? std::nullopt : kind;
}

// What a SET does about the deadline that is there.
struct KeepDeadline {};
using DeadlineChoice = std::variant<std::monostate /* none */, WallTime, KeepDeadline>;

// The writes.  Each is one or more events of the batch its caller is in.  Errors are the disk's (io, corrupt), or
// those of the cell's own rule (not_a_number, overflow), or wrong_type, or too_large where the keeper has limits. After
// one of the cell's rule, or wrong_type, nothing was changed.  After too_large that is so for a key or value that is
// too long, and for a removal; another write may have made way (removed what had expired or what it replaces) and then
// not fit the batch.  REQUIRES that no argument is a view into the key's cells.
template <KeyCells K>
class KeyWriter {
 public:
  KeyWriter(K& key, WallTime now) : key_(key), now_(now) {}

  Result<void> set(BytesView value, DeadlineChoice choice);  // over whatever is there, hidden kinds too
  Result<std::int64_t> increment(std::int64_t by);
  Result<Bytes> increment_float(long double by);

  Result<void> hash_set(BytesView field, BytesView value);
  Result<std::int64_t> hash_increment(BytesView field, std::int64_t by);
  Result<Bytes> hash_increment_float(BytesView field, long double by);
  Result<bool> hash_remove(BytesView field);  // whether readers saw it

  Result<bool> set_add(BytesView member);  // whether it is new to readers
  Result<bool> set_remove(BytesView member);

  Result<void> sorted_set_add(BytesView member, double score);
  Result<double> sorted_set_increment(BytesView member, double by);
  Result<bool> sorted_set_remove(BytesView member);

  // EXPIREAT with a future deadline, PERSIST with none; whether there was a key to do it to.
  Result<bool> expire(std::optional<WallTime> deadline);
  // DEL; whether readers saw the key.  Hidden kinds and strays go too.
  Result<bool> remove();

 private:
  // What a write finds before it touches its own cell.
  struct Found {
    bool exists = false;
    std::optional<WallTime> deadline;
  };

  // For a write that keeps what is there: fails on another kind; makes way where the key has expired or left a stray.
  Result<Found> open(Kind kind);
  // Writes one cell by apply(Cell&, const Event&) → Result<T>, then the deadline again.  The event is used if apply
  // succeeds.
  template <class T, class Apply>
  Result<T> write(Kind kind, BytesView member, Apply&& apply);
  // Removes one member by apply(Cell&, const Event&) where `sees`; whether readers saw it.
  template <class Present, class Removable, class Apply>
  Result<bool> remove_member(Kind kind, BytesView member, Present&& sees, Removable&& removes, Apply&& apply);

  Result<void> keep_deadline(const Found& found);
  Result<void> clear_expiry();
  Result<void> clear_string();
  Result<void> accepts(BytesView value);
  Result<void> reset_before_range();
  // Removes all that a reader could see, and a stray deadline.
  Result<void> clear();

  K& key_;
  WallTime now_;
};

}  // namespace skerry::crdt

#include "crdt/key_writer.inl.h"

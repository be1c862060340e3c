// The bodies of crdt/key_writer.h.
#pragma once

#include <utility>

#include "crdt/fault.h"

namespace skerry::crdt {

inline constexpr Kind member_kinds[] = {Kind::hash, Kind::set, Kind::sorted_set};

template <KeyCells K>
bool has_members(const K& key) {
  for (const Kind kind : member_kinds) {
    if (key.count(kind) > 0) return true;
  }
  return false;
}

template <KeyCells K>
Result<typename KeyWriter<K>::Found> KeyWriter<K>::open(Kind kind) {
  const auto visible = visible_kind(key_, now_);
  if (!visible) {
    if (planted(Fault::expired_key_not_removed_first)) return Found{};
    const auto cleared = clear();
    if (!cleared) return core::failure(cleared);
    return Found{};
  }
  if (*visible != kind) return core::fail(core::ErrorCode::wrong_type, "the key holds another kind");
  return Found{.exists = true, .deadline = effective_deadline(key_.string(), key_.expiry(), now_)};
}

template <KeyCells K>
template <class T, class Apply>
Result<T> KeyWriter<K>::write(Kind kind, BytesView member, Apply&& apply) {
  const auto found = open(kind);
  if (!found) return core::failure(found);
  Result<T> answer;
  const auto changed = key_.change(kind, member, [&](Cell& cell, const Event& event) {
    answer = apply(cell, event);
    return answer.has_value();
  });
  if (!changed) return core::failure(changed);
  if (!answer) return answer;
  const auto kept = keep_deadline(*found);
  if (!kept) return core::failure(kept);
  return answer;
}

template <KeyCells K>
template <class Present, class Removable, class Apply>
Result<bool> KeyWriter<K>::remove_member(Kind kind, BytesView member, Present&& sees, Removable&& removes,
                                         Apply&& apply) {
  const auto visible = visible_kind(key_, now_);
  if (!visible) return false;
  if (*visible != kind) return core::fail(core::ErrorCode::wrong_type, "the key holds another kind");
  const Found found{.exists = true, .deadline = effective_deadline(key_.string(), key_.expiry(), now_)};
  bool seen = false;
  bool removed = false;
  const auto changed = key_.change(kind, member, [&](Cell& cell, const Event& event) {
    if (!removes(cell)) return false;
    seen = sees(cell);
    apply(cell, event);
    removed = true;
    return true;
  });
  if (!changed) return core::failure(changed);
  if (!removed) return false;
  // With its last member the key goes, and a deadline without a key must go with it.
  const auto settled =
      visible_kind(key_, now_) || planted(Fault::last_member_leaves_deadline) ? keep_deadline(found) : clear_expiry();
  if (!settled) return core::failure(settled);
  return seen;
}

template <KeyCells K>
Result<void> KeyWriter<K>::keep_deadline(const Found& found) {
  if (!found.exists || !found.deadline || planted(Fault::deadline_not_rewritten)) return {};
  return key_.change(Kind::expiry, {}, [&](Cell& cell, const Event& event) {
    set_deadline(cell, event, found.deadline, key_.string());
    return true;
  });
}

template <KeyCells K>
Result<void> KeyWriter<K>::clear_expiry() {
  if (key_.expiry().empty()) return {};
  return key_.change(Kind::expiry, {}, [](Cell& cell, const Event&) {
    cell.clear();
    return true;
  });
}

template <KeyCells K>
Result<void> KeyWriter<K>::clear_string() {
  if (!removable(key_.string())) return {};
  return key_.change(Kind::string, {}, [](Cell& cell, const Event& event) {
    remove_string(cell, event);
    return true;
  });
}

template <KeyCells K>
Result<void> KeyWriter<K>::accepts(BytesView value) {
  if constexpr (requires { key_.accepts(value); }) {
    return key_.accepts(value);
  }
  return {};
}

// What a range removal must not take with it: how much has been seen of each tally.
template <KeyCells K>
Result<void> KeyWriter<K>::reset_before_range() {
  Result<bool> scattered = false;
  if constexpr (requires { key_.scatters_resets(); }) scattered = key_.scatters_resets();
  if (!scattered) return core::failure(scattered);
  std::vector<ToReset> cells;
  const auto add = [&](Kind kind, BytesView member, const Cell& cell) {
    if (leaves_resets(cell) || (*scattered && holds_resets(cell)))
      cells.push_back({kind, Bytes(member), reset_bytes_max(cell)});
  };
  for (const Kind kind : {Kind::hash, Kind::sorted_set}) {  // a set's members hold no tallies
    bool tallies = key_.count(kind) > 0 && !planted(Fault::range_forgets_tallies);
    if constexpr (requires { key_.may_leave_resets(kind); }) tallies = tallies && key_.may_leave_resets(kind);
    if (!tallies && !*scattered) continue;
    const auto visited = key_.for_each_cell(kind, [&](BytesView member, const Cell& cell) { add(kind, member, cell); });
    if (!visited) return visited;
  }
  add(Kind::string, {}, key_.string());
  return cells.empty() ? Result<void>() : key_.reset_each(cells);
}

template <KeyCells K>
Result<void> KeyWriter<K>::clear() {
  if (!has_members(key_)) {
    const auto cleared = clear_string();
    return cleared ? clear_expiry() : cleared;
  }
  const auto reset = reset_before_range();
  return reset ? key_.remove_range() : reset;
}

template <KeyCells K>
Result<void> KeyWriter<K>::set(BytesView value, DeadlineChoice choice) {
  const auto accepted = accepts(value);
  if (!accepted) return accepted;
  std::optional<WallTime> deadline;
  if (const WallTime* chosen = std::get_if<WallTime>(&choice)) {
    deadline = *chosen;
  } else if (std::holds_alternative<KeepDeadline>(choice) && visible_kind(key_, now_)) {
    deadline = effective_deadline(key_.string(), key_.expiry(), now_);
  }
  // An expired string needs no removal of its own: a register supersedes and resets all that it has seen.
  if (has_members(key_)) {
    const auto cleared = clear();
    if (!cleared) return cleared;
  }
  const auto changed = key_.change(Kind::string, {}, [&](Cell& cell, const Event& event) {
    set_register(cell, event, value, deadline);
    return true;
  });
  return changed && !planted(Fault::set_leaves_deadlines) ? clear_expiry() : changed;
}

template <KeyCells K>
Result<std::int64_t> KeyWriter<K>::increment(std::int64_t by) {
  return write<std::int64_t>(Kind::string, {},
                             [&](Cell& cell, const Event& event) { return crdt::increment(cell, event, by, now_); });
}

template <KeyCells K>
Result<Bytes> KeyWriter<K>::increment_float(long double by) {
  return write<Bytes>(Kind::string, {},
                      [&](Cell& cell, const Event& event) { return crdt::increment_float(cell, event, by, now_); });
}

template <KeyCells K>
Result<void> KeyWriter<K>::hash_set(BytesView field, BytesView value) {
  const auto accepted = accepts(value);
  if (!accepted) return accepted;
  return write<void>(Kind::hash, field, [&](Cell& cell, const Event& event) -> Result<void> {
    set_register(cell, event, value, std::nullopt);
    return {};
  });
}

template <KeyCells K>
Result<std::int64_t> KeyWriter<K>::hash_increment(BytesView field, std::int64_t by) {
  return write<std::int64_t>(Kind::hash, field,
                             [&](Cell& cell, const Event& event) { return crdt::increment(cell, event, by, now_); });
}

template <KeyCells K>
Result<Bytes> KeyWriter<K>::hash_increment_float(BytesView field, long double by) {
  return write<Bytes>(Kind::hash, field,
                      [&](Cell& cell, const Event& event) { return crdt::increment_float(cell, event, by, now_); });
}

template <KeyCells K>
Result<bool> KeyWriter<K>::hash_remove(BytesView field) {
  return remove_member(Kind::hash, field, present, removable, remove_string);
}

template <KeyCells K>
Result<bool> KeyWriter<K>::set_add(BytesView member) {
  return write<bool>(Kind::set, member, [&](Cell& cell, const Event& event) -> Result<bool> {
    const bool is_new = !is_member(cell);
    add_member(cell, event);
    return is_new;
  });
}

template <KeyCells K>
Result<bool> KeyWriter<K>::set_remove(BytesView member) {
  return remove_member(Kind::set, member, is_member, is_member, [](Cell& cell, const Event&) { cell.clear(); });
}

template <KeyCells K>
Result<void> KeyWriter<K>::sorted_set_add(BytesView member, double score) {
  return write<void>(Kind::sorted_set, member, [&](Cell& cell, const Event& event) -> Result<void> {
    set_score(cell, event, score);
    return {};
  });
}

template <KeyCells K>
Result<double> KeyWriter<K>::sorted_set_increment(BytesView member, double by) {
  return write<double>(Kind::sorted_set, member,
                       [&](Cell& cell, const Event& event) { return increment_score(cell, event, by, now_); });
}

template <KeyCells K>
Result<bool> KeyWriter<K>::sorted_set_remove(BytesView member) {
  return remove_member(Kind::sorted_set, member, present, removable, remove_string);
}

template <KeyCells K>
Result<bool> KeyWriter<K>::expire(std::optional<WallTime> deadline) {
  if (!visible_kind(key_, now_)) return false;
  const auto changed = key_.change(Kind::expiry, {}, [&](Cell& cell, const Event& event) {
    set_deadline(cell, event, deadline, key_.string());
    return true;
  });
  if (!changed) return core::failure(changed);
  return true;
}

template <KeyCells K>
Result<bool> KeyWriter<K>::remove() {
  const bool seen = visible_kind(key_, now_).has_value();
  const auto cleared = clear();
  if (!cleared) return core::failure(cleared);
  return seen;
}

}  // namespace skerry::crdt

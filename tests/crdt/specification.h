// What the kinds promise, said naively: it remembers every event for ever and for each which others its writer had
// seen, and computes what readers see from nothing else.  No cells, no dots in cells, no births, no resets, no joins.
//
//   A register or an increment is gone once a SET or removal that had seen it has happened; an increment by no other.
//   A member is present if some add was seen by no remove.  A deadline that was claimed holds until a later claim, a
//   SET or a removal that had seen it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "core/hybrid_clock.h"

namespace skerry::crdt {

enum class Verb {
  set,          // amount: the value
  set_until,    // amount: the value; deadline
  set_keeping,  // amount: the value
  increment,
  hash_set,
  hash_increment,
  hash_remove,
  set_add,
  set_remove,
  score_set,
  score_increment,
  score_remove,
  expire,  // deadline
  persist,
  remove,
};

struct Command {
  Verb verb = Verb::set;
  int member = 0;
  std::int64_t amount = 0;
  std::int64_t deadline = 0;
  int key = 0;
};

// The places of a key: its string, and two members of each other kind.
inline constexpr int slot_count = 7;
inline constexpr int string_slot = 0;
inline constexpr int kind_of_slot[slot_count] = {0, 1, 1, 2, 2, 3, 3};  // in the order of visibility

// A set of events, by number.
using Events = std::uint64_t;
inline constexpr bool holds(Events events, std::size_t number) {
  return (events >> number & 1) != 0;
}

// All that a reader can learn of a key.
struct Shown {
  std::array<std::optional<std::int64_t>, slot_count> values;  // of hidden kinds too
  std::optional<int> kind;                                     // the visible one
  std::optional<std::int64_t> deadline;
  bool operator==(const Shown&) const = default;
};

// Which place of a key a command writes; -1 if none of its own.
inline int slot_of(const Command& command) {
  switch (command.verb) {
    case Verb::set:
    case Verb::set_until:
    case Verb::set_keeping:
    case Verb::increment:
      return string_slot;
    case Verb::hash_set:
    case Verb::hash_increment:
    case Verb::hash_remove:
      return 1 + command.member;
    case Verb::set_add:
    case Verb::set_remove:
      return 3 + command.member;
    case Verb::score_set:
    case Verb::score_increment:
    case Verb::score_remove:
      return 5 + command.member;
    case Verb::expire:
    case Verb::persist:
    case Verb::remove:
      return -1;
  }
  return -1;
}

struct Happening {
  int key = 0;
  int replica = 0;
  Events seen = 0;
  bool clears_key = false;     // undoes all it saw of the key
  bool clears_claims = false;  // undoes all deadlines it saw
  int clears_slot = -1;        // undoes all it saw there
  enum class Part { nothing, value, increment, presence } part = Part::nothing;
  int slot = -1;
  std::int64_t amount = 0;
  core::Stamp stamp;                         // value
  std::optional<std::int64_t> own_deadline;  // value
  bool claims = false;
  std::optional<std::int64_t> claim;  // none: for ever
};

struct Expectation {
  bool wrong_type = false;
  std::int64_t answer = 0;
  std::optional<Happening> happening = {};  // none: the command changes nothing and mints no dot
};

class Specification {
 public:
  std::size_t size() const { return events_.size(); }
  Events seen_by(std::size_t event) const { return events_[event].seen; }
  void add(const Happening& happening) {
    events_.push_back(happening);
    if (happening.slot >= 0) touched_ |= 1u << happening.slot;
  }
  // Whether anything ever happened there, at any key.
  bool touched(int slot) const { return (touched_ >> slot & 1) != 0; }

  Shown shown(int key, Events known, std::int64_t now) const {
    Shown shown;
    for (int slot = 0; slot < slot_count; ++slot)
      shown.values[static_cast<std::size_t>(slot)] = value(key, slot, known);
    shown.deadline = deadline(key, known);
    const bool expired = shown.deadline && *shown.deadline <= now;
    for (int slot = slot_count - 1; slot >= 0 && !expired; --slot) {
      if (shown.values[static_cast<std::size_t>(slot)]) shown.kind = kind_of_slot[slot];
    }
    return shown;
  }

  // What a command at a replica that knows `known` must answer and make happen.
  Expectation expected(const Command& command, int replica, Events known, std::int64_t now) const {
    const Shown before = shown(command.key, known, now);
    Happening event;
    event.key = command.key;
    event.replica = replica;
    event.seen = known;
    switch (command.verb) {
      case Verb::set:
      case Verb::set_until:
      case Verb::set_keeping:
        return set(command, before, event);
      case Verb::increment:
      case Verb::hash_increment:
      case Verb::score_increment:
        return write(before, event, slot_of(command), Part::increment, command.amount);
      case Verb::hash_set:
      case Verb::score_set:
        return write(before, event, slot_of(command), Part::value, command.amount);
      case Verb::set_add:
        return write(before, event, slot_of(command), Part::presence, 0);
      case Verb::hash_remove:
      case Verb::set_remove:
      case Verb::score_remove:
        return remove_member(before, event, slot_of(command));
      case Verb::expire:
      case Verb::persist:
        if (!before.kind) return {};
        event.claims = true;
        if (command.verb == Verb::expire) event.claim = command.deadline;
        return {.answer = 1, .happening = event};
      case Verb::remove:
        if (!holds_anything(command.key, known)) return {};
        event.clears_key = true;
        return {.answer = before.kind ? 1 : 0, .happening = event};
    }
    return {};
  }

 private:
  using Part = Happening::Part;

  Expectation set(const Command& command, const Shown& before, Happening event) const {
    event.clears_key = true;  // a SET replaces the key, whatever it was
    event.part = Part::value;
    event.slot = string_slot;
    event.amount = command.amount;
    if (command.verb == Verb::set_until) event.own_deadline = command.deadline;
    if (command.verb == Verb::set_keeping && before.kind) event.own_deadline = before.deadline;
    return {.happening = event};
  }

  // A write that keeps the rest of the key.
  Expectation write(const Shown& before, Happening event, int slot, Part part, std::int64_t amount) const {
    if (before.kind && *before.kind != kind_of_slot[slot]) return {.wrong_type = true};
    event.part = part;
    event.slot = slot;
    event.amount = amount;
    if (part == Part::value) event.clears_slot = slot;
    if (!before.kind) {
      event.clears_key = has_values(before);  // it has expired
      event.clears_claims = true;             // or left a deadline behind
    }
    if (before.kind && before.deadline) {
      event.claims = true;
      event.claim = before.deadline;
    }
    const auto old = before.kind ? before.values[static_cast<std::size_t>(slot)] : std::nullopt;
    std::int64_t answer = 0;
    if (part == Part::increment) answer = old.value_or(0) + amount;
    if (part == Part::presence) answer = old ? 0 : 1;
    return {.answer = answer, .happening = event};
  }

  Expectation remove_member(const Shown& before, Happening event, int slot) const {
    if (!before.kind) return {};
    if (*before.kind != kind_of_slot[slot]) return {.wrong_type = true};
    if (!before.values[static_cast<std::size_t>(slot)]) return {};
    event.clears_slot = slot;
    bool remains = false;
    for (int other = 0; other < slot_count; ++other) {
      remains = remains || (other != slot && before.values[static_cast<std::size_t>(other)]);
    }
    event.clears_claims = !remains;
    if (remains && before.deadline) {
      event.claims = true;
      event.claim = before.deadline;
    }
    return {.answer = 1, .happening = event};
  }

  static bool has_values(const Shown& shown) {
    return std::any_of(shown.values.begin(), shown.values.end(), [](const auto& value) { return value.has_value(); });
  }

  bool undone(std::size_t number, Events known) const {
    const Happening& event = events_[number];
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const Happening& later = events_[i];
      if (holds(known, i) && later.key == event.key && holds(later.seen, number) &&
          (later.clears_key || later.clears_slot == event.slot)) {
        return true;
      }
    }
    return false;
  }

  bool claim_undone(std::size_t number, Events known) const {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const Happening& later = events_[i];
      if (holds(known, i) && later.key == events_[number].key && holds(later.seen, number) &&
          (later.clears_key || later.clears_claims || later.claims)) {
        return true;
      }
    }
    return false;
  }

  // The value that won there: of those that nothing undid the latest stamp, then the greater replica.
  std::optional<std::size_t> winner(int key, int slot, Events known) const {
    std::optional<std::size_t> best;
    const auto rank = [this](std::size_t i) { return std::tuple(events_[i].stamp, events_[i].replica); };
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const Happening& event = events_[i];
      if (!holds(known, i) || event.key != key || event.slot != slot || event.part != Part::value || undone(i, known)) {
        continue;
      }
      if (!best || rank(*best) < rank(i)) best = i;
    }
    return best;
  }

  std::optional<std::int64_t> value(int key, int slot, Events known) const {
    std::optional<std::int64_t> value;
    if (const auto won = winner(key, slot, known)) value = events_[*won].amount;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const Happening& event = events_[i];
      const bool adds = event.part == Part::increment || event.part == Part::presence;
      if (!holds(known, i) || event.key != key || event.slot != slot || !adds || undone(i, known)) continue;
      value = value.value_or(0) + event.amount;
    }
    return value;
  }

  // The greatest of the claims that hold and of the visible string's own deadline, unless such a claim had seen it.
  std::optional<std::int64_t> deadline(int key, Events known) const {
    const auto visible = winner(key, string_slot, known);
    bool seen = false;
    bool any = false;
    bool for_ever = false;
    std::int64_t greatest = 0;
    const auto consider = [&](std::optional<std::int64_t> claim) {
      any = true;
      for_ever = for_ever || !claim;
      greatest = std::max(greatest, claim.value_or(0));
    };
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (!holds(known, i) || events_[i].key != key || !events_[i].claims || claim_undone(i, known)) continue;
      consider(events_[i].claim);
      seen = seen || (visible && holds(events_[i].seen, *visible));
    }
    if (visible && !seen) consider(events_[*visible].own_deadline);
    if (!any || for_ever) return std::nullopt;
    return greatest;
  }

  bool holds_anything(int key, Events known) const {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (!holds(known, i) || events_[i].key != key) continue;
      if (events_[i].claims && !claim_undone(i, known)) return true;
      if (events_[i].part != Part::nothing && !undone(i, known)) return true;
    }
    return false;
  }

  std::vector<Happening> events_;
  unsigned touched_ = 0;
};

}  // namespace skerry::crdt

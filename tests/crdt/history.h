// A short life of a few replicas: commands at any of them, deltas that arrive in any order, late or twice, and at the
// end everybody tells everybody.  After each step the replica that moved must show exactly what the specification says
// of the events it knows; at the end all must hold the same cells.
#pragma once

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "crdt/keyspace.h"
#include "tests/crdt/specification.h"

namespace skerry::crdt {

// What a delta of a command carries: its own addresses and what must go with them, or all that is known of the key.
enum class Carries { addresses, key };

class History {
 public:
  History(int replicas, Carries carries) : carries_(carries) {
    for (int i = 0; i < replicas; ++i) {
      core::ReplicaId id;
      id.bytes[15] = static_cast<std::uint8_t>(i + 1);
      replicas_.emplace_back(id);
    }
  }

  bool good() const { return wrong_.empty(); }
  std::size_t deltas() const { return deltas_.size(); }
  std::int64_t now() const { return now_; }
  int replicas() const { return static_cast<int>(replicas_.size()); }

  // Whether steps are checked: not where the same steps have been checked before.
  void check_from_here(bool on) { checks_ = on; }

  // --- steps
  void command(int at, const Command& command);
  void deliver(std::size_t delta, int to) {
    steps_.push_back({Step::Kind::deliver, to, {}, static_cast<std::int64_t>(delta)});
    replica(to).join(deltas_[delta], wall());
    check(to);
  }
  void time_passes(std::int64_t to) {
    steps_.push_back({Step::Kind::time, 0, {}, to});
    now_ = to;
  }
  // Everybody tells everybody, then every delta that was ever made arrives once more, the last one first.
  void settle();

  // What went wrong, and how it came to that.
  std::string story() const;

 private:
  struct Step {
    enum class Kind { command, deliver, time } kind;
    int replica;
    Command command;
    std::int64_t number;
  };
  struct Answer {
    bool wrong_type = false;
    std::int64_t value = 0;
    bool operator==(const Answer&) const = default;
  };

  Keyspace& replica(int at) { return replicas_[static_cast<std::size_t>(at)]; }
  WallTime wall() const { return core::from_unix_milliseconds(now_); }
  static Bytes name(int key) { return key == 0 ? "one" : "two"; }
  static Bytes member(int number) { return number == 0 ? "m" : "n"; }

  Answer run(int at, const Command& command);
  void send(int at, const Command& command, std::size_t records_before);
  Shown shown(int at, int key);
  Events known(int at);
  void check(int at);
  void check_superseded(int at);
  std::size_t event_of(const Dot& dot) const;
  void note_wrong(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
  }

  Carries carries_;
  std::vector<Keyspace> replicas_;
  Specification specification_;
  std::vector<std::vector<Dot>> dots_;  // of each event
  std::vector<Delta> deltas_;
  std::vector<Step> steps_;
  std::int64_t now_ = 0;
  bool checks_ = true;
  int keys_ = 1;
  std::string wrong_;
};

template <class T>
auto answer_of(const Result<T>& result) {
  std::pair<bool, std::int64_t> answer{!result.has_value(), 0};
  if constexpr (!std::is_void_v<T>) {
    if (result) answer.second = static_cast<std::int64_t>(*result);
  }
  return answer;
}

inline History::Answer History::run(int at, const Command& command) {
  auto key = replica(at).key(name(command.key), wall());
  KeyWriter write(key, wall());
  const Bytes who = member(command.member);
  const Bytes text = std::to_string(command.amount);
  const WallTime deadline = core::from_unix_milliseconds(command.deadline);
  const auto done = [&]() -> std::pair<bool, std::int64_t> {
    switch (command.verb) {
      case Verb::set:
        return answer_of(write.set(text, {}));
      case Verb::set_until:
        return answer_of(write.set(text, deadline));
      case Verb::set_keeping:
        return answer_of(write.set(text, KeepDeadline{}));
      case Verb::increment:
        return answer_of(write.increment(command.amount));
      case Verb::hash_set:
        return answer_of(write.hash_set(who, text));
      case Verb::hash_increment:
        return answer_of(write.hash_increment(who, command.amount));
      case Verb::hash_remove:
        return answer_of(write.hash_remove(who));
      case Verb::set_add:
        return answer_of(write.set_add(who));
      case Verb::set_remove:
        return answer_of(write.set_remove(who));
      case Verb::score_set:
        return answer_of(write.sorted_set_add(who, static_cast<double>(command.amount)));
      case Verb::score_increment:
        return answer_of(write.sorted_set_increment(who, static_cast<double>(command.amount)));
      case Verb::score_remove:
        return answer_of(write.sorted_set_remove(who));
      case Verb::expire:
        return answer_of(write.expire(deadline));
      case Verb::persist:
        return answer_of(write.expire(std::nullopt));
      case Verb::remove:
        return answer_of(write.remove());
    }
    return {true, -1};
  }();
  return {done.first, done.second};
}

inline void History::command(int at, const Command& command) {
  steps_.push_back({Step::Kind::command, at, command, 0});
  keys_ = std::max(keys_, command.key + 1);
  Expectation expected = specification_.expected(command, at, known(at), now_);
  const std::size_t before = replica(at).records().size();
  const Answer answer = run(at, command);
  if (answer.wrong_type != expected.wrong_type) note_wrong("the wrong type was accepted, or the right one refused");
  if (!answer.wrong_type && answer.value != expected.answer) {
    note_wrong("answered " + std::to_string(answer.value) + " instead of " + std::to_string(expected.answer));
  }
  const std::vector<Record>& records = replica(at).records();
  if ((records.size() > before) != expected.happening.has_value()) {
    note_wrong(expected.happening ? "a change minted no dot" : "a command that changes nothing minted a dot");
  }
  if (records.size() == before || !expected.happening) return check(at);
  std::vector<Dot> dots;
  for (std::size_t i = before; i < records.size(); ++i) {
    dots.push_back(records[i].dot);
    // The stamp of a value is the hybrid clock's word, which the specification takes as given.
    const Cell::Entry* entry = replica(at).cell(records[i].place).find(records[i].dot);
    if (entry != nullptr && type_of(entry->payload) == PayloadType::register_) {
      expected.happening->stamp = stamp_of(entry->payload);
    }
  }
  dots_.push_back(std::move(dots));
  specification_.add(*expected.happening);
  send(at, command, before);
  check(at);
}

inline void History::send(int at, const Command& command, std::size_t records_before) {
  const std::vector<Record>& records = replica(at).records();
  std::vector<Bytes> places;
  Bytes prefix;
  core::put_key_prefix(prefix, {}, name(command.key));
  for (std::size_t i = 0; i < records.size(); ++i) {
    const bool carried = carries_ == Carries::key ? records[i].place.starts_with(prefix) : i >= records_before;
    if (carried) places.push_back(records[i].place);
  }
  deltas_.push_back(replica(at).delta_of(places));
}

inline Shown History::shown(int at, int key) {
  Keyspace& of = replica(at);
  const Bytes called = name(key);
  Shown shown;
  Bytes scratch;
  const auto number = [&](int slot, Kind kind, BytesView of_member) -> std::optional<std::int64_t> {
    if (!specification_.touched(slot)) return std::nullopt;
    const Cell& cell = of.cell(called, kind, of_member);
    if (kind == Kind::set) return is_member(cell) ? std::optional<std::int64_t>(0) : std::nullopt;
    if (kind == Kind::sorted_set) {
      const auto score = read_score(cell, wall());
      return score ? std::optional(static_cast<std::int64_t>(*score)) : std::nullopt;
    }
    const auto text = read_string(cell, wall(), scratch);
    return text ? parse_integer(*text) : std::nullopt;
  };
  shown.values[0] = number(0, Kind::string, {});
  for (int i = 0; i < 2; ++i) {
    const auto at_kind = [i](std::size_t first) { return first + static_cast<std::size_t>(i); };
    shown.values[at_kind(1)] = number(1 + i, Kind::hash, member(i));
    shown.values[at_kind(3)] = number(3 + i, Kind::set, member(i));
    shown.values[at_kind(5)] = number(5 + i, Kind::sorted_set, member(i));
  }
  const auto deadline = effective_deadline(of.cell(called, Kind::string), of.cell(called, Kind::expiry), wall());
  if (deadline) shown.deadline = core::unix_milliseconds(*deadline);
  if (const auto kind = visible_kind(of.key(called, wall()), wall())) {
    switch (*kind) {
      case Kind::string:
        shown.kind = 0;
        break;
      case Kind::hash:
        shown.kind = 1;
        break;
      case Kind::set:
        shown.kind = 2;
        break;
      case Kind::sorted_set:
        shown.kind = 3;
        break;
      case Kind::row:
      case Kind::expiry:
        shown.kind = -1;
        break;
    }
  }
  return shown;
}

inline Events History::known(int at) {
  Events events = 0;
  for (std::size_t i = 0; i < dots_.size(); ++i) {
    const CausalContext& context = replica(at).context();
    const auto here =
        std::count_if(dots_[i].begin(), dots_[i].end(), [&](const Dot& d) { return context.contains(d); });
    if (here == static_cast<std::ptrdiff_t>(dots_[i].size())) {
      events |= Events{1} << i;
    } else if (here > 0) {
      note_wrong("half a batch arrived");
    }
  }
  return events;
}

inline void History::check(int at) {
  if (!checks_) return;
  check_superseded(at);
  for (int key = 0; key < keys_ && good(); ++key) {
    const Shown is = shown(at, key);
    const Shown ought = specification_.shown(key, known(at), now_);
    if (is == ought) continue;
    std::ostringstream text;
    const auto put = [&text](const char* title, const Shown& what) {
      text << title;
      for (const auto& value : what.values) text << ' ' << (value ? std::to_string(*value) : "-");
      text << " kind " << what.kind.value_or(-1) << " until " << what.deadline.value_or(-1);
    };
    text << "replica " << at << ", key " << key;
    put(" shows", is);
    put(" instead of", ought);
    note_wrong(text.str());
  }
}

inline std::size_t History::event_of(const Dot& dot) const {
  std::size_t event = 0;
  while (event < dots_.size() && std::find(dots_[event].begin(), dots_[event].end(), dot) == dots_[event].end())
    ++event;
  return event;
}

// Readers do not see what a write failed to supersede, as long as the write wins; so the cells are looked at.  Nothing
// is left that a write beside it had seen, but what an increment leaves alone: all but the tally of its own replica.
inline void History::check_superseded(int at) {
  const auto is_tally = [](const Cell::Entry& entry) { return type_of(entry.payload) == PayloadType::tally; };
  for (const auto& [address, cell] : replica(at).cells()) {
    if (cell.size() < 2) continue;
    for (const Cell::Entry& later : cell.entries()) {
      const std::size_t event = event_of(later.dot);
      if (event == dots_.size()) return note_wrong("a dot that no event minted");
      const Events seen = specification_.seen_by(event);
      for (const Cell::Entry& entry : cell.entries()) {
        const bool own_tally = is_tally(entry) && entry.dot.replica == later.dot.replica;
        if (holds(seen, event_of(entry.dot)) && (!is_tally(later) || own_tally)) {
          note_wrong("a write left beside it what it had seen");
        }
      }
    }
  }
}

inline void History::settle() {
  // Two rounds are enough: after the first the last one knows all.
  for (int round = 0; round < (replicas() > 2 ? 2 : 1); ++round) {
    for (int to = 0; to < replicas(); ++to) {
      for (int from = 0; from < replicas(); ++from) {
        if (from != to) replica(to).join(replica(from).delta_beyond(replica(to).context()), wall());
      }
    }
  }
  for (auto delta = deltas_.rbegin(); delta != deltas_.rend(); ++delta) {
    for (Keyspace& keyspace : replicas_) keyspace.join(*delta, wall());
  }
  for (int at = 0; at < replicas(); ++at) {
    check(at);
    if (replica(at).cells() != replica(0).cells()) note_wrong("two replicas hold different cells");
    if (replica(at).context() != replica(0).context()) note_wrong("two replicas have seen different events");
  }
}

inline std::string History::story() const {
  static constexpr const char* verbs[] = {"SET",     "SET EX", "SET KEEPTTL", "INCRBY",  "HSET",
                                          "HINCRBY", "HDEL",   "SADD",        "SREM",    "ZADD",
                                          "ZINCRBY", "ZREM",   "EXPIRE",      "PERSIST", "DEL"};
  std::ostringstream text;
  text << wrong_ << "\n";
  for (const Step& step : steps_) {
    switch (step.kind) {
      case Step::Kind::command:
        text << "  replica " << step.replica << ": " << verbs[static_cast<int>(step.command.verb)] << " key "
             << step.command.key << " member " << step.command.member << " amount " << step.command.amount
             << " deadline " << step.command.deadline << "\n";
        break;
      case Step::Kind::deliver:
        text << "  delta " << step.number << " arrives at replica " << step.replica << "\n";
        break;
      case Step::Kind::time:
        text << "  it is " << step.number << "\n";
        break;
    }
  }
  return text.str();
}

}  // namespace skerry::crdt

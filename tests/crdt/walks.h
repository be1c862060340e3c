// The histories that are walked, one alphabet of commands a kind: used by the test that finds nothing, and by the one
// that plants faults and finds each.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/crdt/every_choice.h"
#include "tests/crdt/history.h"

namespace skerry::crdt {

struct Walk {
  const char* name;
  Carries carries = Carries::addresses;
  std::vector<Command> alphabet = {};
  int commands = 4;
  bool time = false;     // whether at one moment the deadline of 10 may pass
  bool distinct = true;  // whether no two commands write the same amount

  bool writes_values() const {
    return std::any_of(alphabet.begin(), alphabet.end(), [](const Command& command) {
      return command.verb <= Verb::set_keeping || command.verb == Verb::hash_set || command.verb == Verb::score_set;
    });
  }
};

// What string_walk does to two keys, to two members of one.
inline std::vector<Command> on_two_members(Verb write, Verb increment, Verb remove) {
  return {{.verb = write, .amount = 100},
          {.verb = increment, .amount = 1},
          {.verb = remove},
          {.verb = write, .member = 1, .amount = 100},
          {.verb = increment, .member = 1, .amount = 1},
          {.verb = remove, .member = 1}};
}

inline const Walk string_walk{.name = "string",
                              .alphabet = {{.verb = Verb::set, .amount = 100},
                                           {.verb = Verb::increment, .amount = 1},
                                           {.verb = Verb::remove},
                                           {.verb = Verb::set, .amount = 100, .key = 1},
                                           {.verb = Verb::increment, .amount = 1, .key = 1},
                                           {.verb = Verb::remove, .key = 1}}};

// Equal amounts up and down, so that a sum may come back to where it was.
inline const Walk counter_walk{.name = "counter",
                               .alphabet = {{.verb = Verb::increment, .amount = 1},
                                            {.verb = Verb::increment, .amount = -1},
                                            {.verb = Verb::remove}},
                               .commands = 5,
                               .distinct = false};

// The same on two keys, a step less.
inline const Walk two_counters_walk{.name = "two_counters",
                                    .alphabet = {{.verb = Verb::increment, .amount = 1},
                                                 {.verb = Verb::increment, .amount = -1},
                                                 {.verb = Verb::remove},
                                                 {.verb = Verb::increment, .amount = 1, .key = 1},
                                                 {.verb = Verb::increment, .amount = -1, .key = 1},
                                                 {.verb = Verb::remove, .key = 1}},
                                    .distinct = false};

inline const Walk hash_walk{.name = "hash",
                            .alphabet = on_two_members(Verb::hash_set, Verb::hash_increment, Verb::hash_remove)};

inline const Walk set_walk{.name = "set",
                           .alphabet = {{.verb = Verb::set_add},
                                        {.verb = Verb::set_remove},
                                        {.verb = Verb::set_add, .member = 1},
                                        {.verb = Verb::set_remove, .member = 1}}};

inline const Walk sorted_set_walk{
    .name = "sorted_set", .alphabet = on_two_members(Verb::score_set, Verb::score_increment, Verb::score_remove)};

inline const Walk expiry_walk{.name = "expiry",
                              .carries = Carries::key,
                              .alphabet = {{.verb = Verb::set, .amount = 100},
                                           {.verb = Verb::set_until, .amount = 100, .deadline = 20},
                                           {.verb = Verb::increment, .amount = 1},
                                           {.verb = Verb::expire, .deadline = 10},
                                           {.verb = Verb::persist},
                                           {.verb = Verb::remove}}};

inline const Walk expired_walk{.name = "expired",
                               .carries = Carries::key,
                               .alphabet = {{.verb = Verb::set_until, .amount = 100, .deadline = 10},
                                            {.verb = Verb::set_keeping, .amount = 100},
                                            {.verb = Verb::increment, .amount = 1},
                                            {.verb = Verb::expire, .deadline = 10}},
                               .time = true};

inline const Walk range_walk{.name = "range",
                             .carries = Carries::key,
                             .alphabet = {{.verb = Verb::hash_set, .amount = 100},
                                          {.verb = Verb::hash_increment, .amount = 1},
                                          {.verb = Verb::hash_increment, .member = 1, .amount = 1},
                                          {.verb = Verb::set_add},
                                          {.verb = Verb::remove}}};

inline const Walk members_walk{.name = "members_under_a_deadline",
                               .carries = Carries::key,
                               .alphabet = {{.verb = Verb::set_add},
                                            {.verb = Verb::set_remove},
                                            {.verb = Verb::set_add, .member = 1},
                                            {.verb = Verb::expire, .deadline = 10}},
                               .time = true};

inline const Walk kinds_walk{.name = "kinds_under_one_name",
                             .carries = Carries::key,
                             .alphabet = {{.verb = Verb::set, .amount = 100},
                                          {.verb = Verb::increment, .amount = 1},
                                          {.verb = Verb::hash_increment, .amount = 1},
                                          {.verb = Verb::set_add},
                                          {.verb = Verb::remove}}};

inline std::vector<Walk> walks() {
  return {string_walk, counter_walk, two_counters_walk, hash_walk,    set_walk,  sorted_set_walk,
          expiry_walk, expired_walk, range_walk,        members_walk, kinds_walk};
}

// One history: each command at any replica; after each either nothing arrives or any delta made so far, so that deltas
// overtake each other and come twice; at the end all that is left.
template <class Choices>
History history_of(const Walk& walk, Choices& choices) {
  History history(2, walk.carries);
  std::size_t origins[8] = {};
  std::int64_t scale = 1;
  bool passed = false;
  for (int i = 0; i < walk.commands && history.good(); ++i) {
    if (walk.time && i > 0 && !passed && choices.choose(2) == 1) {
      history.time_passes(15);
      passed = true;
    }
    // Only concurrent values tell one replica from the other: without any, the first command may be anybody's.
    const int at = i == 0 && !walk.writes_values() ? 0 : static_cast<int>(choices.choose(2));
    Command command = walk.alphabet[choices.choose(walk.alphabet.size())];
    if (walk.distinct) command.amount *= scale;
    scale *= 3;
    const std::size_t before = history.deltas();
    history.check_from_here(choices.fresh());
    history.command(at, command);
    if (history.deltas() > before) origins[before] = static_cast<std::size_t>(at);
    if (i + 1 == walk.commands) break;
    if (const std::size_t arrives = choices.choose(history.deltas() + 1); arrives > 0) {
      history.check_from_here(choices.fresh());
      history.deliver(arrives - 1, origins[arrives - 1] == 0 ? 1 : 0);
    }
  }
  if (history.good()) history.settle();
  return history;
}

struct Found {
  std::uint64_t histories = 0;
  std::string story;  // empty if nothing was wrong
};

// A long history of three replicas that no walk would reach: any command on two keys, any delta to anybody, time.
inline History long_history(std::uint64_t seed, int steps) {
  RandomChoice choices(seed);
  History history(3, Carries::key);
  for (int i = 0; i < steps && history.good(); ++i) {
    const auto at = static_cast<int>(choices.choose(3));
    if (history.deltas() > 0 && choices.choose(2) == 0) {
      history.deliver(choices.choose(history.deltas()), at);
    } else if (choices.choose(12) == 0) {
      history.time_passes(5 + history.now());
    } else {
      // Few verbs at a time, so that they meet: the string's, or those of members, and what concerns all.
      const std::size_t first = seed % 2 == 0 ? 0 : static_cast<std::size_t>(Verb::hash_set);
      const std::size_t count = seed % 2 == 0 ? 4 : 9;
      std::size_t verb = first + choices.choose(count + 3);
      if (verb >= first + count) verb = static_cast<std::size_t>(Verb::expire) + (verb - first - count);
      Command command{.verb = static_cast<Verb>(verb), .member = static_cast<int>(choices.choose(2))};
      command.amount = static_cast<std::int64_t>(choices.choose(5)) - 2;
      command.deadline = history.now() + 1 + static_cast<std::int64_t>(choices.choose(20));
      command.key = static_cast<int>(choices.choose(4) / 3);
      history.command(at, command);
    }
  }
  if (history.good()) history.settle();
  return history;
}

// Walks all histories, or until one is wrong.
inline Found walk_all(const Walk& walk) {
  Found found;
  EveryChoice choices;
  while (choices.next()) {
    ++found.histories;
    const History history = history_of(walk, choices);
    if (history.good()) continue;
    found.story = history.story();
    break;
  }
  return found;
}

}  // namespace skerry::crdt

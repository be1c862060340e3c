// Maelstrom's workloads, over commands that a client of Redis has.
//
// Source of the operations and of how often which is drawn: jepsen-io/maelstrom, src/maelstrom/workload/broadcast.clj,
// g_set.clj, g_counter.clj, pn_counter.clj, unique_ids.clj.
//
// | workload   | operation          | command                             |
// |------------|--------------------|-------------------------------------|
// | broadcast  | broadcast(message) | SADD messages MESSAGE               |
// |            | read               | SMEMBERS messages                   |
// | g-set      | add(element)       | SADD set ELEMENT                    |
// |            | read               | SMEMBERS set                        |
// | g-counter  | add(0..4)          | INCRBY counter DELTA                |
// |            | read               | GET counter                         |
// | pn-counter | add(-5..4)         | INCRBY counter DELTA                |
// |            | read               | GET counter                         |
// | unique-ids | generate           | INCRBY ids/NODE 1, at that node: the id is "nNODE-ANSWER" |
#pragma once

#include <optional>
#include <string>

#include "simulations/maelstrom/history.h"
#include "simulations/maelstrom/verdict.h"
#include "simulations/plan.h"

namespace skerry::simulations::maelstrom {

enum class Workload { broadcast, g_set, g_counter, pn_counter, unique_ids };
inline constexpr std::size_t workload_count = 5;
const char* name_of(Workload workload);  // Maelstrom's
std::optional<Workload> workload_named(const std::string& name);
// "broadcast, g-set, …"
std::string workload_names();

// The seed's world with this workload's clients in it; all ask for durable answers, because the rules count on what was
// acknowledged.  However long it is, they ask for about `operations_max` things at most.
Plan draw_plan(Workload workload, std::uint64_t seed, Duration duration);
inline constexpr std::size_t operations_max = 4'000;
// The world and the clients, for a person.
std::string to_text(Workload workload, const Conditions& conditions);

// What a client asks for in the end, at that node; unique-ids ask for nothing.
std::optional<Operation> last_read(Workload workload, HostIndex node);

// What an operation means; the value is what it adds.  Nothing: it is none of the workload's.
struct Meaning {
  Function function = Function::read;
  Value value = {};
};
std::optional<Meaning> meaning_of(Workload workload, const Operation& operation);
// The value of an operation that was answered thus.  Nothing: the answer is an error.
std::optional<Value> value_of(Workload workload, const Operation& operation, const std::string& answer);

// The workload's rule.
Verdict judge(Workload workload, const History& history);

}  // namespace skerry::simulations::maelstrom

// What clients of a workload have done and been told, in Jepsen's form: an operation is invoked by a process, which
// does nothing else until it is completed: `ok` it was done, `fail` it was not, `info` nobody knows.  Rules judge
// nothing but this.  (jepsen-io/jepsen, jepsen/src/jepsen/core.clj; jepsen-io/maelstrom, src/maelstrom/client.clj.)
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "simulations/conditions.h"

namespace skerry::simulations::maelstrom {

enum class Type : std::uint8_t { invoke, ok, info, fail };
enum class Function : std::uint8_t { broadcast, add, read, generate };
const char* name_of(Type type);
const char* name_of(Function function);

using Elements = std::vector<std::int64_t>;
// Nothing; an element, a number to add or a counter's value; what a set holds; an id.
using Value = std::variant<std::monostate, std::int64_t, Elements, std::string>;

struct Entry {
  Duration time{};  // since the world began
  std::uint32_t process = 0;
  HostIndex node = 0;
  Type type = Type::invoke;
  Function function = Function::read;
  Value value = {};
  bool last = false;  // Maelstrom's :final?, a read after all has healed
  bool operator==(const Entry&) const = default;
};

using History = std::vector<Entry>;  // in order of time; an entry's index is its place

// By index: the place of the invocation that this entry completes, for an invocation its own, and where there is none,
// too.
std::vector<std::size_t> invocations_of(const History& history);

// How many were completed how, in the words of Jepsen's `stats`.
struct Stats {
  std::uint64_t count = 0;
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;
};
Stats stats_of(const History& history);
std::string to_text(const Stats& stats);
std::string to_json(const Stats& stats);

// A line an entry, as Jepsen writes its history.edn.
std::string to_edn(const History& history);

}  // namespace skerry::simulations::maelstrom

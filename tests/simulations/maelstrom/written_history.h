// Histories as a test writes them: an entry a millisecond, as jepsen-io/jepsen's jepsen/test/jepsen/checker_test.clj
// numbers them.
#pragma once

#include <utility>
#include <vector>

#include "simulations/maelstrom/history.h"

namespace skerry::simulations::maelstrom {

inline Entry entry(std::uint32_t process, Type type, Function function, Value value) {
  return {.process = process, .type = type, .function = function, .value = std::move(value)};
}
inline Entry add(std::uint32_t process, Type type, std::int64_t value) {
  return entry(process, type, Function::add, value);
}
inline Entry read(std::uint32_t process) {
  return entry(process, Type::invoke, Function::read, {});
}
inline Entry read(std::uint32_t process, Elements elements) {
  return entry(process, Type::ok, Function::read, std::move(elements));
}
inline Entry last_read(std::uint32_t process, std::int64_t value) {
  Entry last = entry(process, Type::ok, Function::read, value);
  last.last = true;
  return last;
}

inline History written(std::vector<Entry> entries) {
  for (std::size_t index = 0; index < entries.size(); ++index) entries[index].time = std::chrono::milliseconds(index);
  return entries;
}

}  // namespace skerry::simulations::maelstrom

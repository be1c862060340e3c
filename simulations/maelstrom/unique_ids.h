// The rule of unique-ids: no id is given twice.
//
// Source: jepsen-io/jepsen, jepsen/src/jepsen/checker.clj, `unique-ids`, which jepsen-io/maelstrom,
// src/maelstrom/workload/unique_ids.clj names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "simulations/maelstrom/history.h"
#include "simulations/maelstrom/verdict.h"

namespace skerry::simulations::maelstrom {

struct UniqueIds {
  Valid valid = Valid::yes;
  std::uint64_t attempted_count = 0;
  std::uint64_t acknowledged_count = 0;
  std::uint64_t duplicated_count = 0;
  std::map<std::string, std::uint64_t> duplicated;           // the 48 that were given most often, and how often
  std::optional<std::pair<std::string, std::string>> range;  // the least and the greatest, as texts
};

UniqueIds check_unique_ids(const History& history);
Verdict verdict_of(const UniqueIds& result);

}  // namespace skerry::simulations::maelstrom

#include "simulations/maelstrom/unique_ids.h"

#include <algorithm>
#include <vector>

#include "simulations/json.h"

namespace skerry::simulations::maelstrom {

namespace {

constexpr std::size_t duplicated_max = 48;

std::string json_of(const UniqueIds& result) {
  json::Object members;
  members.add("valid?", name_of(result.valid));
  members.add("attempted-count", result.attempted_count);
  members.add("acknowledged-count", result.acknowledged_count);
  members.add("duplicated-count", result.duplicated_count);
  json::Object duplicated;
  for (const auto& [id, count] : result.duplicated) duplicated.add(id.c_str(), count);
  members.add("duplicated", duplicated.object());
  members.add("range", result.range
                           ? "[" + json::quoted(result.range->first) + "," + json::quoted(result.range->second) + "]"
                           : "null");
  return members.object();
}

}  // namespace

UniqueIds check_unique_ids(const History& history) {
  UniqueIds result;
  std::map<std::string, std::uint64_t> given;
  for (const Entry& entry : history) {
    if (entry.function != Function::generate) continue;
    result.attempted_count += entry.type == Type::invoke;
    if (entry.type != Type::ok) continue;
    ++result.acknowledged_count;
    ++given[std::get<std::string>(entry.value)];
  }
  if (!given.empty()) result.range.emplace(given.begin()->first, given.rbegin()->first);
  std::vector<std::pair<std::uint64_t, std::string>> often;
  for (const auto& [id, count] : given) {
    if (count > 1) often.emplace_back(count, id);
  }
  result.duplicated_count = often.size();
  std::sort(often.rbegin(), often.rend());
  if (often.size() > duplicated_max) often.resize(duplicated_max);
  for (const auto& [count, id] : often) result.duplicated[id] = count;
  if (result.duplicated_count > 0) result.valid = Valid::no;
  return result;
}

Verdict verdict_of(const UniqueIds& result) {
  Verdict verdict{result.valid, "", {}, json_of(result)};
  verdict.text = {{"attempted", std::to_string(result.attempted_count)},
                  {"acknowledged", std::to_string(result.acknowledged_count)},
                  {"duplicated", std::to_string(result.duplicated_count)}};
  if (result.range) verdict.text.emplace_back("range", result.range->first + " to " + result.range->second);
  if (result.valid == Valid::no) {
    const auto& [id, count] = *result.duplicated.begin();
    verdict.problem = std::to_string(result.duplicated_count) + " ids are given more than once: " + id + " " +
                      std::to_string(count) + " times";
  }
  return verdict;
}

}  // namespace skerry::simulations::maelstrom

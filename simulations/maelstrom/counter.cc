#include "simulations/maelstrom/counter.h"

#include <algorithm>

#include "simulations/json.h"

namespace skerry::simulations::maelstrom {

namespace {

std::int64_t number_of(const Entry& entry) {
  return std::get<std::int64_t>(entry.value);
}

bool holds(const Intervals& values, std::int64_t value) {
  return std::any_of(values.begin(), values.end(),
                     [value](const Interval& one) { return one.lower <= value && value <= one.upper; });
}

std::string text_of(const Interval& interval) {
  return "[" + std::to_string(interval.lower) + " " + std::to_string(interval.upper) + "]";
}

std::vector<std::string> texts_of(const Intervals& intervals) {
  std::vector<std::string> texts;
  for (const Interval& interval : intervals) texts.push_back(text_of(interval));
  return texts;
}

std::vector<std::string> texts_of(const std::vector<std::int64_t>& numbers) {
  std::vector<std::string> texts;
  for (const std::int64_t number : numbers) texts.push_back(std::to_string(number));
  return texts;
}

std::string json_of(const Counter& result) {
  json::Object members;
  members.add("valid?", name_of(result.valid));
  std::string errors;
  for (const Entry& entry : result.errors) {
    json::Object error;
    error.add("node", entry.node);
    error.add("value", std::to_string(number_of(entry)));
    errors += (errors.empty() ? "" : ",") + error.object();
  }
  members.add("errors", "[" + errors + "]");
  members.add("final-reads", "[" + listed(texts_of(result.final_reads), result.final_reads.size()) + "]");
  std::string acceptable;
  for (const Interval& one : result.acceptable)
    acceptable += (acceptable.empty() ? "[" : ",[") + std::to_string(one.lower) + "," + std::to_string(one.upper) + "]";
  members.add("acceptable", "[" + acceptable + "]");
  return members.object();
}

}  // namespace

Intervals with_or_without(const Intervals& values, std::int64_t added) {
  Intervals all = values;
  for (const Interval& one : values) all.push_back({one.lower + added, one.upper + added});
  std::sort(all.begin(), all.end(),
            [](const Interval& left, const Interval& right) { return left.lower < right.lower; });
  Intervals joined;
  for (const Interval& one : all) {
    if (joined.empty() || one.lower > joined.back().upper + 1) {
      joined.push_back(one);
    } else {
      joined.back().upper = std::max(joined.back().upper, one.upper);
    }
  }
  return joined;
}

Counter check_counter(const History& history) {
  Counter result;
  std::int64_t done = 0;
  for (const Entry& entry : history) {
    if (entry.function == Function::add && entry.type == Type::ok) done += number_of(entry);
  }
  result.acceptable = {{done, done}};
  for (const Entry& entry : history) {
    if (entry.function == Function::add && entry.type == Type::info)
      result.acceptable = with_or_without(result.acceptable, number_of(entry));
  }
  for (const Entry& entry : history) {
    if (!entry.last || entry.type != Type::ok) continue;
    result.final_reads.push_back(number_of(entry));
    if (!holds(result.acceptable, number_of(entry))) result.errors.push_back(entry);
  }
  if (!result.errors.empty()) result.valid = Valid::no;
  return result;
}

Verdict verdict_of(const Counter& result) {
  Verdict verdict{result.valid, "", {}, json_of(result)};
  verdict.text = {{"final-reads", listed(texts_of(result.final_reads), result.final_reads.size())},
                  {"acceptable", listed(texts_of(result.acceptable), 8)}};
  if (!result.errors.empty()) {
    const Entry& error = result.errors.front();
    verdict.problem = "node " + std::to_string(error.node) + " reads " + std::to_string(number_of(error)) +
                      " in the end, and acceptable is " + listed(texts_of(result.acceptable), 8);
  }
  return verdict;
}

}  // namespace skerry::simulations::maelstrom

#include "simulations/maelstrom/history.h"

#include <map>

#include "simulations/json.h"

namespace skerry::simulations::maelstrom {

namespace {

constexpr const char* types[] = {"invoke", "ok", "info", "fail"};
constexpr const char* functions[] = {"broadcast", "add", "read", "generate"};

std::string edn_of(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return "\"" + *text + "\"";
  const auto* elements = std::get_if<Elements>(&value);
  if (elements == nullptr) return "nil";
  std::string text = "[";
  for (const std::int64_t element : *elements) text.append(text.size() == 1 ? "" : " ").append(std::to_string(element));
  return text + "]";
}

}  // namespace

const char* name_of(Type type) {
  return types[static_cast<std::size_t>(type)];
}

const char* name_of(Function function) {
  return functions[static_cast<std::size_t>(function)];
}

std::vector<std::size_t> invocations_of(const History& history) {
  std::vector<std::size_t> invocations(history.size());
  std::map<std::uint32_t, std::size_t> open;  // by process
  for (std::size_t index = 0; index < history.size(); ++index) {
    const Entry& entry = history[index];
    if (entry.type == Type::invoke) open[entry.process] = index;
    const auto found = open.find(entry.process);
    invocations[index] = found == open.end() ? index : found->second;
  }
  return invocations;
}

Stats stats_of(const History& history) {
  Stats stats;
  for (const Entry& entry : history) {
    stats.count += entry.type != Type::invoke;
    stats.ok += entry.type == Type::ok;
    stats.fail += entry.type == Type::fail;
    stats.info += entry.type == Type::info;
  }
  return stats;
}

std::string to_text(const Stats& stats) {
  return std::to_string(stats.count) + " operations: " + std::to_string(stats.ok) + " ok, " +
         std::to_string(stats.fail) + " fail, " + std::to_string(stats.info) + " info";
}

std::string to_json(const Stats& stats) {
  json::Object members;
  members.add("count", stats.count);
  members.add("ok-count", stats.ok);
  members.add("fail-count", stats.fail);
  members.add("info-count", stats.info);
  return members.object();
}

std::string to_edn(const History& history) {
  std::string text;
  for (std::size_t index = 0; index < history.size(); ++index) {
    const Entry& entry = history[index];
    text += "{:index " + std::to_string(index) + ", :time " + std::to_string(entry.time.count()) +
            ", :type :" + name_of(entry.type) + ", :process " + std::to_string(entry.process) +
            ", :f :" + name_of(entry.function) + ", :value " + edn_of(entry.value) +
            (entry.last ? ", :final? true" : "") + ", :node \"n" + std::to_string(entry.node) + "\"}\n";
  }
  return text;
}

}  // namespace skerry::simulations::maelstrom

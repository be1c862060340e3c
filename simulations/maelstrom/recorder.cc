#include "simulations/maelstrom/recorder.h"

#include <utility>

namespace skerry::simulations::maelstrom {

ClientEvents Recorder::events() {
  ClientEvents events;
  events.asked = [this](std::uint64_t request, const Operation& operation) { asked(request, operation); };
  events.refused = [this](const Operation& operation) { refused(operation); };
  events.told = [this](std::uint64_t request, const Operation&, const Command&, const std::string& answer) {
    // A client that has given up does not listen any more.
    if (const auto found = waiting_.find(request); found != waiting_.end()) found->second.answer = answer;
  };
  events.answered = [this](std::uint64_t request) { answered(request); };
  events.hung_up = [this](HostIndex node) { hung_up(node); };
  return events;
}

const History& Recorder::finish() {
  give_up(now());
  while (!waiting_.empty()) {
    const std::size_t invocation = waiting_.begin()->second.invocation;
    waiting_.erase(waiting_.begin());
    complete(invocation, now(), Type::info, history_[invocation].value);
  }
  return history_;
}

// A process of that node which waits for nothing, or a new one.
void Recorder::invoke(const Operation& operation, const Meaning& meaning) {
  std::vector<std::uint32_t>& idle = idle_[operation.host];
  if (idle.empty()) idle.push_back(processes_++);
  history_.push_back({.time = now(),
                      .process = idle.back(),
                      .node = operation.host,
                      .type = Type::invoke,
                      .function = meaning.function,
                      .value = meaning.value,
                      .last = last_});
  idle.pop_back();
}

// A process that does not know how it ended is never used again.
void Recorder::complete(std::size_t invocation, Duration at, Type type, Value value) {
  Entry entry = history_[invocation];
  entry.time = at;
  entry.type = type;
  entry.value = std::move(value);
  if (type != Type::info) idle_[entry.node].push_back(entry.process);
  history_.push_back(std::move(entry));
}

// Those whose time was up before.
void Recorder::give_up(Duration until) {
  for (; !deadlines_.empty() && deadlines_.front().at <= until; deadlines_.pop_front()) {
    const auto found = waiting_.find(deadlines_.front().request);
    if (found == waiting_.end()) continue;
    const std::size_t invocation = found->second.invocation;
    waiting_.erase(found);
    complete(invocation, deadlines_.front().at, Type::info, history_[invocation].value);
  }
}

void Recorder::asked(std::uint64_t request, const Operation& operation) {
  give_up(now());
  const auto meaning = meaning_of(workload_, operation);
  if (!meaning) return;
  invoke(operation, *meaning);
  waiting_[request] = {history_.size() - 1, operation, std::nullopt};
  deadlines_.push_back({now() + client_timeout, request});
}

void Recorder::refused(const Operation& operation) {
  give_up(now());
  const auto meaning = meaning_of(workload_, operation);
  if (!meaning) return;
  invoke(operation, *meaning);
  complete(history_.size() - 1, now(), Type::fail, meaning->value);
}

void Recorder::answered(std::uint64_t request) {
  give_up(now());
  const auto found = waiting_.find(request);
  if (found == waiting_.end()) return;
  const Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  // Without an answer the command failed on the disk, and its process ends; the client never knows.
  if (!waiting.answer) return complete(waiting.invocation, now(), Type::info, history_[waiting.invocation].value);
  auto value = value_of(workload_, waiting.operation, *waiting.answer);
  if (value) return complete(waiting.invocation, now(), Type::ok, std::move(*value));
  complete(waiting.invocation, now(), Type::fail, history_[waiting.invocation].value);
}

void Recorder::hung_up(HostIndex node) {
  give_up(now());
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    const auto each = next++;
    if (each->second.operation.host != node) continue;
    const std::size_t invocation = each->second.invocation;
    waiting_.erase(each);
    complete(invocation, now(), Type::info, history_[invocation].value);
  }
}

}  // namespace skerry::simulations::maelstrom

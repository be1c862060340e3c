#include "edge/batch_estimate.h"

#include <algorithm>

#include "edge/call.h"
#include "edge/commands.h"

namespace skerry::edge {

namespace {

// A payload is a value and what stands around it: stamp, deadline, sums, and how much it has seen of each tally.
constexpr std::size_t payload_bytes_beside = 256;
// To clear a string or a range, and an expiry.
constexpr std::uint64_t events_to_clear = 2;
// A string may have to be reset as well; then the removal itself, and a value with its deadline.
constexpr std::uint64_t events_beside_resets = 4;

bool any_word(Arguments words, std::size_t first, bool (*is_one)(BytesView)) {
  return words.size() > first && std::any_of(words.begin() + static_cast<std::ptrdiff_t>(first), words.end(), is_one);
}

bool increments_members(const Command& command, Arguments words) {
  if (command.name == "zadd") return any_word(words, 2, [](BytesView word) { return same_word(word, "incr"); });
  return command.name == "hincrby" || command.name == "hincrbyfloat" || command.name == "zincrby";
}

bool sets_deadline(const Command& command, Arguments words) {
  if (command.group == Group::generic) return command.name != "del" && command.name != "unlink";
  if (command.name == "set") return any_word(words, 3, [](BytesView word) { return time_form(word).has_value(); });
  return command.name == "setex" || command.name == "psetex" || command.name == "getex";
}

bool removes_key(const Command& command) {
  return command.name == "del" || command.name == "unlink" || command.name == "getdel";
}

// How many members of its key, or pairs of score and member, a command names at most.
std::uint64_t members_of(const Command& command, Arguments words) {
  const auto behind_key = static_cast<std::uint64_t>(words.size() - 2);
  for (const BytesView name : {"hdel", "sadd", "srem", "zrem"}) {
    if (command.name == name) return behind_key;
  }
  for (const BytesView name : {"hset", "hmset", "zadd"}) {
    if (command.name == name) return (behind_key + 1) / 2;
  }
  return 1;
}

std::size_t bytes_of(Arguments words) {
  std::size_t bytes = 0;
  for (const BytesView word : words) bytes += word.size();
  return bytes;
}

}  // namespace

core::Result<BatchEstimate::Key*> BatchEstimate::find(BytesView name) {
  const auto known = keys_.find(name);
  if (known != keys_.end()) return &known->second;
  const auto access = transaction_.key(name);
  if (!access) return core::failure(access);
  Key key;
  const auto kind = access->kind();
  std::size_t kinds = access->string().empty() ? 0 : 1;
  for (const core::Kind each : {core::Kind::hash, core::Kind::set, core::Kind::sorted_set}) {
    kinds += access->count(each) > 0 ? 1 : 0;
    key.keeps_resets |= each != core::Kind::set && access->holds(each);
  }
  key.tallied = access->resets_max();
  key.present = kind.has_value();
  // A string's cell that shows nothing, or any cell behind an expiry, is something to make way for.
  key.plain = access->expiry().empty() && !access->deadline() && kinds == (kind ? 1 : 0);
  if (kind == core::Kind::string) {
    Bytes scratch;
    key.bytes = access->string(scratch).size();
  }
  if (kind == core::Kind::hash) key.group = Group::hash;
  if (kind == core::Kind::set) key.group = Group::set;
  if (kind == core::Kind::sorted_set) key.group = Group::sorted_set;
  return &keys_.emplace(name, key).first->second;
}

// Too many for one batch go in batches of their own, if nothing precedes them (sync/transaction.h).
void BatchEstimate::add_resets(std::uint64_t resets) {
  const bool first = events_ == 0 && transaction_.events() == 0;
  if (first && resets + events_beside_resets > sync::batch_events_max) return;
  events_ += resets;
}

void BatchEstimate::add_removal(Key& key) {
  add_resets(std::exchange(key.tallied, 0));
  events_ += events_to_clear;
  key.present = false;
  key.bytes = 0;
}

void BatchEstimate::add_write(Key& key, const Command& command, Arguments arguments) {
  if (removes_key(command)) return add_removal(key);
  const std::uint64_t writes = members_of(command, arguments);
  const bool other_kind = key.present && command.group != Group::generic && key.group != command.group;
  if (other_kind || sets_deadline(command, arguments)) key.plain = false;
  if (!key.plain) {
    add_resets(std::exchange(key.tallied, 0));
    events_ += writes + events_to_clear;
  }
  events_ += writes;
  key.keeps_resets |= increments_members(command, arguments);
  if (key.keeps_resets && (command.group == Group::hash || command.group == Group::sorted_set)) key.tallied += writes;
  if (!other_kind && command.group != Group::generic) key.group = command.group;
  key.present = true;
  bytes_ += writes * payload_bytes_beside;
  if (command.group == Group::string && arguments.size() > 2 && command.name != "getex") {
    add_string(key, command, arguments);
  }
}

void BatchEstimate::add_string(Key& key, const Command& command, Arguments arguments) {
  if (command.name == "append") {
    key.bytes += arguments[2].size();
  } else {
    // The value is the second word or the last; and a SET that has options, or SETNX, may leave what is there.
    const std::size_t given = std::max(arguments[2].size(), arguments.back().size());
    key.bytes = arguments.size() > 3 || command.name == "setnx" ? std::max(key.bytes, given) : given;
  }
  bytes_ += key.bytes;
}

core::Result<void> BatchEstimate::add(const Command& command, Arguments arguments) {
  if (!command.is(flag::write)) return {};
  if (command.name == "flushdb") {
    add_resets(transaction_.resets_max());
    events_ += 1;
    for (auto& [name, key] : keys_) add_removal(key);
    return {};
  }
  if (command.group != Group::string && command.group != Group::generic) bytes_ += bytes_of(arguments.subspan(2));
  core::Result<void> added;
  std::size_t at = 0;
  for_each_key(command, arguments, [&](BytesView name) {
    at += 1;
    if (!added) return;
    const std::uint64_t before = events_;
    const auto key = find(name);
    if (!key) {
      added = core::failure(key);
    } else if (command.name == "mset") {
      if (2 * at == arguments.size()) return;  // a name without a value: it will be refused
      const BytesView pair[] = {arguments[0], name, arguments[2 * at]};
      add_write(**key, command, pair);
    } else {
      add_write(**key, command, arguments);
    }
    bytes_ += (events_ - before) * name.size();  // each event has its address
  });
  return added;
}

bool BatchEstimate::fits() const {
  return transaction_.events() + events_ <= sync::batch_events_max &&
         transaction_.bytes() + bytes_ <= sync::batch_bytes_max;
}

Bytes too_much_for_a_batch() {
  return "too much for one batch: at most " + std::to_string(sync::batch_events_max) + " events and " +
         std::to_string(sync::batch_bytes_max) + " bytes";
}

}  // namespace skerry::edge

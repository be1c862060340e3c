// COMMAND: what the table says about itself.
#include <algorithm>
#include <array>

#include "edge/commands.h"
#include "edge/glob.h"
#include "edge/handlers.h"

namespace skerry::edge::handlers {

namespace {

// In the order of the bits of `flag`.
constexpr std::array<BytesView, 11> flag_names = {"write", "readonly",     "denyoom", "admin",   "noscript",  "loading",
                                                  "stale", "skip_slowlog", "fast",    "no_auth", "allow_busy"};
// In the order of the bits of `key_use`.
constexpr std::array<BytesView, 9> use_names = {
    "RW", "RO", "OW", "RM", "access", "update", "insert", "delete", "variable_flags"};

template <std::size_t size>
void answer_bits(Reply& reply, std::uint32_t bits, const std::array<BytesView, size>& names) {
  const Reply::Mark mark = reply.mark();
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if ((bits >> i & 1) == 0) continue;
    reply.simple(names[i]);
    ++count;
  }
  reply.close_set(mark, count);
}

// The access control categories, in Redis's order.
std::vector<BytesView> categories(const Command& command) {
  std::vector<BytesView> names;
  const auto add = [&names](bool holds, BytesView name) {
    if (holds) names.push_back(name);
  };
  add(command.is(flag::keyspace), "@keyspace");
  add(command.is(flag::readonly), "@read");
  add(command.is(flag::write), "@write");
  add(command.group == Group::set, "@set");
  add(command.group == Group::sorted_set, "@sortedset");
  add(command.group == Group::hash, "@hash");
  add(command.group == Group::string, "@string");
  add(command.is(flag::admin), "@admin");
  add(command.is(flag::fast), "@fast");
  add(!command.is(flag::fast), "@slow");
  add(command.is(flag::admin | flag::dangerous), "@dangerous");
  add(command.handler != nullptr && (command.group == Group::connection || command.is(flag::connected)), "@connection");
  add(command.group == Group::transactions, "@transaction");
  return names;
}

// How the keys stand in the words: from `index`, to `last` (relative to it, or from the end), in steps.
void answer_key_specification(Reply& reply, const Command& command) {
  reply.map(3);
  reply.bulk("flags");
  answer_bits(reply, command.uses, use_names);
  reply.bulk("begin_search");
  reply.map(2);
  reply.bulk("type");
  reply.bulk("index");
  reply.bulk("spec");
  reply.map(1);
  reply.bulk("index");
  reply.integer(command.keys.first);
  reply.bulk("find_keys");
  reply.map(2);
  reply.bulk("type");
  reply.bulk("range");
  reply.bulk("spec");
  reply.map(3);
  reply.bulk("lastkey");
  reply.integer(command.keys.last < 0 ? command.keys.last : command.keys.last - command.keys.first);
  reply.bulk("keystep");
  reply.integer(command.keys.step);
  reply.bulk("limit");
  reply.integer(0);
}

void answer_info(Reply& reply, const Command& command) {
  reply.array(10);
  reply.bulk(command.name);
  reply.integer(command.arity);
  answer_bits(reply, command.flags, flag_names);
  reply.integer(command.keys.first);
  reply.integer(command.keys.last);
  reply.integer(command.keys.step);
  const auto names = categories(command);
  reply.set(names.size());
  for (const BytesView name : names) reply.simple(name);
  reply.set(0);  // tips, for proxies that spread a command over shards
  reply.set(command.keys.first == 0 ? 0 : 1);
  if (command.keys.first != 0) answer_key_specification(reply, command);
  const auto inner = subcommands(command);
  inner.empty() ? reply.set(0) : reply.array(inner.size());  // as Redis 7.0 does
  for (const Command& subcommand : inner) answer_info(reply, subcommand);
}

// redis-cli's `help` and the hints beside what is typed are made of these: one argument, which is all the words.
void answer_arguments(Reply& reply, const Command& command) {
  reply.bulk("arguments");
  reply.array(command.syntax.empty() ? 0 : 1);
  if (command.syntax.empty()) return;
  reply.map(3);
  reply.bulk("name");
  reply.bulk(command.syntax);
  reply.bulk("type");
  reply.bulk("string");
  reply.bulk("display_text");
  reply.bulk(command.syntax);
}

// The name, and a map of what it is for.
void answer_docs(Reply& reply, const Command& command) {
  const auto inner = subcommands(command);
  reply.bulk(command.name);
  reply.map(inner.empty() ? 5 : 6);
  reply.bulk("summary");
  reply.bulk(command.summary);
  reply.bulk("since");
  reply.bulk(command.since);
  reply.bulk("group");
  reply.bulk(name_of(command.group));
  reply.bulk("syntax");
  reply.bulk(command.syntax);
  answer_arguments(reply, command);
  if (inner.empty()) return;
  reply.bulk("subcommands");
  reply.map(inner.size());
  for (const Command& subcommand : inner) answer_docs(reply, subcommand);
}

std::size_t count_of_commands() {
  const auto table = command_table();
  return static_cast<std::size_t>(
      std::count_if(table.begin(), table.end(), [](const Command& command) { return !is_subcommand(command); }));
}

// Whether COMMAND LIST FILTERBY `filter` `value` shows the command.
bool passes(const Command& command, BytesView filter, BytesView value) {
  if (same_word(filter, "pattern")) return Glob(value, Letters::any_case).matches(command.name);
  if (!same_word(filter, "aclcat")) return false;  // no command comes from a module
  const auto names = categories(command);
  return std::any_of(names.begin(), names.end(), [value](BytesView name) { return same_word(value, name.substr(1)); });
}

}  // namespace

void command(Call& call) {
  call.reply.array(count_of_commands());
  for (const Command& each : command_table()) {
    if (!is_subcommand(each)) answer_info(call.reply, each);
  }
}

void command_count(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(count_of_commands()));
}

void command_info(Call& call) {
  if (call.size() == 2) return command(call);
  call.reply.array(call.size() - 2);
  for (const BytesView name : call.arguments.subspan(2)) {
    const Command* found = find_command(name);
    found == nullptr ? call.reply.null() : answer_info(call.reply, *found);
  }
}

void command_docs(Call& call) {
  if (call.size() == 2) {
    call.reply.map(count_of_commands());
    for (const Command& each : command_table()) {
      if (!is_subcommand(each)) answer_docs(call.reply, each);
    }
    return;
  }
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  for (const BytesView name : call.arguments.subspan(2)) {
    const Command* found = find_command(name);
    if (found == nullptr) continue;
    answer_docs(call.reply, *found);
    ++count;
  }
  call.reply.close_map(mark, count);
}

void command_list(Call& call) {
  const bool filtered = call.size() == 5 && same_word(call[2], "filterby");
  const bool known =
      filtered && (same_word(call[3], "module") || same_word(call[3], "aclcat") || same_word(call[3], "pattern"));
  if ((call.size() != 2 && !known) || (known && call[4].size() > pattern_bytes_max)) {
    return call.reply.error(syntax_error);
  }
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  for (const Command& each : command_table()) {
    if (filtered && !passes(each, call[3], call[4])) continue;
    call.reply.bulk(each.name);
    ++count;
  }
  call.reply.close_array(mark, count);
}

void command_getkeys(Call& call) {
  const Arguments words = call.arguments.subspan(2);
  const Command* found = find_command(words[0]);
  if (found == nullptr) return call.reply.error("ERR Invalid command specified");
  if (found->keys.first == 0) return call.reply.error("ERR The command has no key arguments");
  const auto size = static_cast<int>(words.size());
  const bool arity_is_right = found->arity > 0 ? size == found->arity : size >= -found->arity;
  if (!arity_is_right) return call.reply.error("ERR Invalid number of arguments specified for command");
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  for_each_key(*found, words, [&](BytesView key) {
    call.reply.bulk(key);
    ++count;
  });
  call.reply.close_array(mark, count);
}

}  // namespace skerry::edge::handlers

// The one table of the commands that a node offers.  Dispatch, arity errors, COMMAND and docs/commands.md come from it.
#pragma once

#include <cstdint>
#include <span>

#include "core/bytes.h"

namespace skerry::edge {

using core::BytesView;

struct Call;
using Handler = void (*)(Call& call);

// What COMMAND INFO says about a command, and what dispatch needs to know.  Bits, in the order in which Redis lists
// them.
namespace flag {
inline constexpr std::uint32_t write = 1u << 0;
inline constexpr std::uint32_t readonly = 1u << 1;
inline constexpr std::uint32_t denyoom = 1u << 2;
inline constexpr std::uint32_t admin = 1u << 3;
inline constexpr std::uint32_t noscript = 1u << 4;
inline constexpr std::uint32_t loading = 1u << 5;
inline constexpr std::uint32_t stale = 1u << 6;
inline constexpr std::uint32_t skip_slowlog = 1u << 7;
inline constexpr std::uint32_t fast = 1u << 8;
inline constexpr std::uint32_t no_auth = 1u << 9;
inline constexpr std::uint32_t allow_busy = 1u << 10;
inline constexpr std::uint32_t named_max = allow_busy;
// Not shown: for dispatch, and for the categories that do not follow from the rest.
inline constexpr std::uint32_t at_once = 1u << 16;    // runs inside MULTI instead of being queued
inline constexpr std::uint32_t no_multi = 1u << 17;   // is refused inside MULTI
inline constexpr std::uint32_t keyspace = 1u << 18;   // @keyspace
inline constexpr std::uint32_t dangerous = 1u << 19;  // @dangerous
inline constexpr std::uint32_t connected = 1u << 20;  // @connection
inline constexpr std::uint32_t removes = 1u << 21;    // a write that only removes: goes on while the disk is full
}  // namespace flag

// What a command does with its keys, as key specifications say it; in Redis's order.
namespace key_use {
inline constexpr std::uint32_t rw = 1u << 0;
inline constexpr std::uint32_t ro = 1u << 1;
inline constexpr std::uint32_t ow = 1u << 2;
inline constexpr std::uint32_t rm = 1u << 3;
inline constexpr std::uint32_t access = 1u << 4;
inline constexpr std::uint32_t update = 1u << 5;
inline constexpr std::uint32_t insert = 1u << 6;
inline constexpr std::uint32_t remove = 1u << 7;
inline constexpr std::uint32_t variable = 1u << 8;
inline constexpr std::uint32_t named_max = variable;
}  // namespace key_use

enum class Group : std::uint8_t { connection, server, generic, string, hash, set, sorted_set, transactions, skerry };
BytesView name_of(Group group);

// Which words are keys: from `first` to `last` (negative: counted from the end) in steps.  All 0: none.
struct KeyPositions {
  int first = 0;
  int last = 0;
  int step = 0;
};

struct Command {
  BytesView name;  // lower case; a subcommand as "client|id"
  int arity;       // words with the name; negative: at least so many
  std::uint32_t flags;
  Group group;
  KeyPositions keys;
  std::uint32_t uses;  // key_use
  BytesView since;     // of Redis; "0.1.0" and up for our own
  BytesView syntax;    // the words after the name
  BytesView summary;
  Handler handler;  // null: a container, only its subcommands can be called

  bool is(std::uint32_t flags_wanted) const { return (flags & flags_wanted) != 0; }
};

// All commands, subcommands behind their container.
std::span<const Command> command_table();
// The place of a command in the table: names its counters.
std::size_t index_of(const Command& command);

// By name in any case, or null.
const Command* find_command(BytesView name);
// The subcommand `name` of the container, or null.
const Command* find_subcommand(const Command& container, BytesView name);
// The commands "client|…" of "client".
std::span<const Command> subcommands(const Command& container);
bool is_subcommand(const Command& command);

// Whether two words are the same but for case; `lower` is in lower case.
inline bool same_word(BytesView word, BytesView lower) {
  if (word.size() != lower.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char byte = word[i] >= 'A' && word[i] <= 'Z' ? static_cast<char>(word[i] | 0x20) : word[i];
    if (byte != lower[i]) return false;
  }
  return true;
}

}  // namespace skerry::edge

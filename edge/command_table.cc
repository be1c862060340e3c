#include "edge/command_table.h"

#include <algorithm>
#include <array>

#include "core/ensure.h"
#include "edge/handlers.h"

namespace skerry::edge {

namespace {

// The words that rows are written in.
using namespace flag;
using namespace key_use;
constexpr std::uint32_t none = 0;
constexpr std::uint32_t read_fast = readonly | fast;
constexpr std::uint32_t write_fast = write | denyoom | fast;
constexpr std::uint32_t local = noscript | loading | stale;
constexpr std::uint32_t local_always = local | fast | no_auth | allow_busy;
constexpr KeyPositions no_key{};
constexpr KeyPositions one_key{1, 1, 1};
constexpr KeyPositions all_keys{1, -1, 1};
constexpr KeyPositions key_pairs{1, -1, 2};

// Arity, flags, key positions and `since` are Redis 7.0's; summaries say what a command means here.
constexpr Command table[] = {
    {"ping", -1, fast, Group::connection, no_key, none, "1.0.0", "[message]", "PONG, or the message.", handlers::ping},
    {"echo", 2, loading | stale | fast, Group::connection, no_key, none, "1.0.0", "message", "The message.",
     handlers::echo},
    {"hello", -1, local_always, Group::connection, no_key, none, "6.0.0", "[protover [SETNAME clientname]]",
     "Choose the protocol version and learn about the server.", handlers::hello},
    {"quit", -1, local_always | at_once, Group::connection, no_key, none, "1.0.0", "", "Close the connection.",
     handlers::quit},
    {"reset", 1, local_always | at_once, Group::connection, no_key, none, "6.2.0", "",
     "Make the connection as if it were new.", handlers::reset},
    {"select", 2, loading | stale | fast, Group::connection, no_key, none, "1.0.0", "index",
     "Choose the space: 0 to 15.", handlers::select},
    {"client", -2, none, Group::connection, no_key, none, "2.4.0", "", "Commands about connections.", nullptr},
    {"client|id", 2, local, Group::connection, no_key, none, "5.0.0", "", "The number of this connection.",
     handlers::client_id},
    {"client|getname", 2, local, Group::connection, no_key, none, "2.6.9", "", "The name of this connection.",
     handlers::client_getname},
    {"client|setname", 3, local, Group::connection, no_key, none, "2.6.9", "connection-name", "Name this connection.",
     handlers::client_setname},
    {"client|setinfo", 4, local, Group::connection, no_key, none, "7.2.0", "LIB-NAME libname | LIB-VER libver",
     "Say which client library this is.", handlers::client_setinfo},
    {"client|list", -2, admin | local, Group::connection, no_key, none, "2.4.0",
     "[TYPE NORMAL | MASTER | REPLICA | PUBSUB] [ID client-id [client-id ...]]", "The connections of this node.",
     handlers::client_list},
    {"client|info", 2, local, Group::connection, no_key, none, "6.2.0", "", "This connection, as CLIENT LIST shows it.",
     handlers::client_info},
    {"client|help", 2, loading | stale, Group::connection, no_key, none, "5.0.0", "", "These lines.", handlers::help},
    {"command", -1, loading | stale | connected, Group::server, no_key, none, "2.8.13", "",
     "All commands, as COMMAND INFO describes them.", handlers::command},
    {"command|count", 2, loading | stale | connected, Group::server, no_key, none, "2.8.13", "",
     "How many commands there are.", handlers::command_count},
    {"command|docs", -2, loading | stale | connected, Group::server, no_key, none, "7.0.0",
     "[command-name [command-name ...]]", "What commands are for.", handlers::command_docs},
    {"command|info", -2, loading | stale | connected, Group::server, no_key, none, "2.8.13",
     "[command-name [command-name ...]]", "Arity, flags and key positions of commands.", handlers::command_info},
    {"command|list", -2, loading | stale | connected, Group::server, no_key, none, "7.0.0",
     "[FILTERBY MODULE module-name | ACLCAT category | PATTERN pattern]", "The names of commands.",
     handlers::command_list},
    {"command|getkeys", -4, loading | stale | connected, Group::server, no_key, none, "2.8.13",
     "command [arg [arg ...]]", "Which words of a full command are keys.", handlers::command_getkeys},
    {"command|help", 2, loading | stale | connected, Group::server, no_key, none, "5.0.0", "", "These lines.",
     handlers::help},
    {"config", -2, none, Group::server, no_key, none, "2.0.0", "", "Commands about the configuration.", nullptr},
    {"config|get", -3, admin | local, Group::server, no_key, none, "2.0.0", "parameter [parameter ...]",
     "Settings whose names match the patterns.", handlers::config_get},
    {"config|help", 2, loading | stale, Group::server, no_key, none, "5.0.0", "", "These lines.", handlers::help},
    {"info", -1, loading | stale | dangerous, Group::server, no_key, none, "1.0.0", "[section [section ...]]",
     "Facts and figures about this node.", handlers::info},
    {"dbsize", 1, read_fast | keyspace, Group::server, no_key, none, "1.0.0", "", "How many keys the space has.",
     handlers::dbsize},
    {"flushdb", -1, write | removes | keyspace | dangerous, Group::server, no_key, none, "1.0.0", "[ASYNC | SYNC]",
     "Remove every key of the space that this region has seen.", handlers::flushdb},
    {"time", 1, loading | stale | fast, Group::server, no_key, none, "2.6.0", "",
     "This node's clock: seconds and microseconds.", handlers::time},
    {"wait", 3, noscript | connected, Group::generic, no_key, none, "3.0.0", "numreplicas timeout",
     "How many peers hold, on disk, all that this node has accepted in the space; waits for a number.", handlers::wait},
    {"get", 2, read_fast, Group::string, one_key, ro | access, "1.0.0", "key", "The value of a string.", handlers::get},
    {"set", -3, write | denyoom, Group::string, one_key, rw | access | update | variable, "1.0.0",
     "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | "
     "KEEPTTL]",
     "Set a string.", handlers::set},
    {"setnx", 3, write_fast, Group::string, one_key, ow | insert, "1.0.0", "key value",
     "Set a string if this region sees no such key.", handlers::setnx},
    {"setex", 4, write | denyoom, Group::string, one_key, ow | update, "2.0.0", "key seconds value",
     "Set a string that expires.", handlers::setex},
    {"psetex", 4, write | denyoom, Group::string, one_key, ow | update, "2.6.0", "key milliseconds value",
     "Set a string that expires.", handlers::psetex},
    {"getset", 3, write_fast, Group::string, one_key, rw | access | update, "1.0.0", "key value",
     "Set a string; the value it had.", handlers::getset},
    {"getdel", 2, write | removes | fast, Group::string, one_key, rw | access | remove, "6.2.0", "key",
     "Remove a string; the value it had.", handlers::getdel},
    {"getex", -2, write | fast, Group::string, one_key, rw | access | update, "6.2.0",
     "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]",
     "The value of a string, and set or remove its deadline.", handlers::getex},
    {"mget", -2, read_fast, Group::string, all_keys, ro | access, "1.0.0", "key [key ...]", "The values of strings.",
     handlers::mget},
    {"mset", -3, write | denyoom, Group::string, key_pairs, ow | update, "1.0.1", "key value [key value ...]",
     "Set strings, all at once.", handlers::mset},
    {"append", 3, write_fast, Group::string, one_key, rw | insert, "2.0.0", "key value",
     "Set a string to what it is here with the value behind it.", handlers::append},
    {"strlen", 2, read_fast, Group::string, one_key, ro, "2.2.0", "key", "The length of a string.", handlers::strlen},
    {"incr", 2, write_fast, Group::string, one_key, rw | access | update, "1.0.0", "key", "Add 1 to a counter.",
     handlers::incr},
    {"decr", 2, write_fast, Group::string, one_key, rw | access | update, "1.0.0", "key", "Subtract 1 from a counter.",
     handlers::decr},
    {"incrby", 3, write_fast, Group::string, one_key, rw | access | update, "1.0.0", "key increment",
     "Add to a counter.", handlers::incrby},
    {"decrby", 3, write_fast, Group::string, one_key, rw | access | update, "1.0.0", "key decrement",
     "Subtract from a counter.", handlers::decrby},
    {"incrbyfloat", 3, write_fast, Group::string, one_key, rw | access | update, "2.6.0", "key increment",
     "Add a fraction to a counter.", handlers::incrbyfloat},
    {"del", -2, write | removes | keyspace, Group::generic, all_keys, rm | remove, "1.0.0", "key [key ...]",
     "Remove keys, as far as this region has seen them.", handlers::del},
    {"unlink", -2, write | removes | fast | keyspace, Group::generic, all_keys, rm | remove, "4.0.0", "key [key ...]",
     "The same as DEL.", handlers::unlink},
    {"exists", -2, read_fast | keyspace, Group::generic, all_keys, ro, "1.0.0", "key [key ...]",
     "How many of the keys there are.", handlers::exists},
    {"type", 2, read_fast | keyspace, Group::generic, one_key, ro, "1.0.0", "key", "The kind of a key.",
     handlers::type},
    {"keys", 2, readonly | keyspace | dangerous, Group::generic, no_key, none, "1.0.0", "pattern",
     "The names of all keys that match.", handlers::keys},
    {"scan", -2, readonly | keyspace, Group::generic, no_key, none, "2.8.0",
     "cursor [MATCH pattern] [COUNT count] [TYPE type]", "The names of keys, in pieces.", handlers::scan},
    {"expire", -3, write | fast | keyspace, Group::generic, one_key, rw | update, "1.0.0",
     "key seconds [NX | XX | GT | LT]", "Set a deadline.", handlers::expire},
    {"pexpire", -3, write | fast | keyspace, Group::generic, one_key, rw | update, "2.6.0",
     "key milliseconds [NX | XX | GT | LT]", "Set a deadline.", handlers::pexpire},
    {"expireat", -3, write | fast | keyspace, Group::generic, one_key, rw | update, "1.2.0",
     "key unix-time-seconds [NX | XX | GT | LT]", "Set a deadline.", handlers::expireat},
    {"pexpireat", -3, write | fast | keyspace, Group::generic, one_key, rw | update, "2.6.0",
     "key unix-time-milliseconds [NX | XX | GT | LT]", "Set a deadline.", handlers::pexpireat},
    {"ttl", 2, read_fast | keyspace, Group::generic, one_key, ro | access, "1.0.0", "key",
     "Seconds until the deadline.", handlers::ttl},
    {"pttl", 2, read_fast | keyspace, Group::generic, one_key, ro | access, "2.6.0", "key",
     "Milliseconds until the deadline.", handlers::pttl},
    {"expiretime", 2, read_fast | keyspace, Group::generic, one_key, ro | access, "7.0.0", "key",
     "The deadline in Unix seconds.", handlers::expiretime},
    {"pexpiretime", 2, read_fast | keyspace, Group::generic, one_key, ro | access, "7.0.0", "key",
     "The deadline in Unix milliseconds.", handlers::pexpiretime},
    {"persist", 2, write | fast | keyspace, Group::generic, one_key, rw | update, "2.2.0", "key",
     "Remove the deadline.", handlers::persist},
    {"hset", -4, write_fast, Group::hash, one_key, rw | update, "2.0.0", "key field value [field value ...]",
     "Set fields.", handlers::hset},
    {"hmset", -4, write_fast, Group::hash, one_key, rw | update, "2.0.0", "key field value [field value ...]",
     "The same as HSET, answered with OK.", handlers::hmset},
    {"hget", 3, read_fast, Group::hash, one_key, ro | access, "2.0.0", "key field", "The value of a field.",
     handlers::hget},
    {"hmget", -3, read_fast, Group::hash, one_key, ro | access, "2.0.0", "key field [field ...]",
     "The values of fields.", handlers::hmget},
    {"hgetall", 2, readonly, Group::hash, one_key, ro | access, "2.0.0", "key", "All fields and values.",
     handlers::hgetall},
    {"hdel", -3, write | removes | fast, Group::hash, one_key, rw | remove, "2.0.0", "key field [field ...]",
     "Remove fields.", handlers::hdel},
    {"hexists", 3, read_fast, Group::hash, one_key, ro, "2.0.0", "key field", "Whether there is such a field.",
     handlers::hexists},
    {"hlen", 2, read_fast, Group::hash, one_key, ro, "2.0.0", "key", "How many fields there are.", handlers::hlen},
    {"hkeys", 2, readonly, Group::hash, one_key, ro | access, "2.0.0", "key", "The names of all fields.",
     handlers::hkeys},
    {"hvals", 2, readonly, Group::hash, one_key, ro | access, "2.0.0", "key", "The values of all fields.",
     handlers::hvals},
    {"hincrby", 4, write_fast, Group::hash, one_key, rw | access | update, "2.0.0", "key field increment",
     "Add to a field.", handlers::hincrby},
    {"hincrbyfloat", 4, write_fast, Group::hash, one_key, rw | access | update, "2.6.0", "key field increment",
     "Add a fraction to a field.", handlers::hincrbyfloat},
    {"hstrlen", 3, read_fast, Group::hash, one_key, ro, "3.2.0", "key field", "The length of a field's value.",
     handlers::hstrlen},
    {"hsetnx", 4, write_fast, Group::hash, one_key, rw | insert, "2.0.0", "key field value",
     "Set a field if this region sees no such field.", handlers::hsetnx},
    {"hscan", -3, readonly, Group::hash, one_key, ro | access, "2.8.0", "key cursor [MATCH pattern] [COUNT count]",
     "Fields and values, in pieces.", handlers::hscan},
    {"sadd", -3, write_fast, Group::set, one_key, rw | insert, "1.0.0", "key member [member ...]", "Add members.",
     handlers::sadd},
    {"srem", -3, write | removes | fast, Group::set, one_key, rw | remove, "1.0.0", "key member [member ...]",
     "Remove members.", handlers::srem},
    {"smembers", 2, readonly, Group::set, one_key, ro | access, "1.0.0", "key", "All members.", handlers::smembers},
    {"sismember", 3, read_fast, Group::set, one_key, ro, "1.0.0", "key member", "Whether there is such a member.",
     handlers::sismember},
    {"smismember", -3, read_fast, Group::set, one_key, ro | access, "6.2.0", "key member [member ...]",
     "Which of the members there are.", handlers::smismember},
    {"scard", 2, read_fast, Group::set, one_key, ro, "1.0.0", "key", "How many members there are.", handlers::scard},
    {"sscan", -3, readonly, Group::set, one_key, ro | access, "2.8.0", "key cursor [MATCH pattern] [COUNT count]",
     "Members, in pieces.", handlers::sscan},
    {"zadd", -4, write_fast, Group::sorted_set, one_key, rw | update, "1.2.0",
     "key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]", "Set the scores of members.",
     handlers::zadd},
    {"zrem", -3, write | removes | fast, Group::sorted_set, one_key, rw | remove, "1.2.0", "key member [member ...]",
     "Remove members.", handlers::zrem},
    {"zscore", 3, read_fast, Group::sorted_set, one_key, ro | access, "1.2.0", "key member", "The score of a member.",
     handlers::zscore},
    {"zmscore", -3, read_fast, Group::sorted_set, one_key, ro | access, "6.2.0", "key member [member ...]",
     "The scores of members.", handlers::zmscore},
    {"zincrby", 4, write_fast, Group::sorted_set, one_key, rw | access | update, "1.2.0", "key increment member",
     "Add to a score.", handlers::zincrby},
    {"zcard", 2, read_fast, Group::sorted_set, one_key, ro, "1.2.0", "key", "How many members there are.",
     handlers::zcard},
    {"zrange", -4, readonly, Group::sorted_set, one_key, ro | access, "1.2.0",
     "key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]",
     "Members in order, by rank, score or name.", handlers::zrange},
    {"zrank", 3, read_fast, Group::sorted_set, one_key, ro | access, "2.0.0", "key member",
     "The place of a member, from the lowest score.", handlers::zrank},
    {"zrevrank", 3, read_fast, Group::sorted_set, one_key, ro | access, "2.0.0", "key member",
     "The place of a member, from the highest score.", handlers::zrevrank},
    {"zcount", 4, read_fast, Group::sorted_set, one_key, ro | access, "2.0.0", "key min max",
     "How many members have a score in a range.", handlers::zcount},
    {"zscan", -3, readonly, Group::sorted_set, one_key, ro | access, "2.8.0",
     "key cursor [MATCH pattern] [COUNT count]", "Members and scores, in pieces.", handlers::zscan},
    {"multi", 1, local | fast | allow_busy | at_once, Group::transactions, no_key, none, "1.2.0", "",
     "Begin a transaction: commands are queued.", handlers::multi},
    {"exec", 1, local | skip_slowlog | at_once, Group::transactions, no_key, none, "1.2.0", "",
     "Run the queued commands as one batch, here and at every peer.", handlers::exec},
    {"discard", 1, local | fast | allow_busy | at_once, Group::transactions, no_key, none, "2.0.0", "",
     "Forget the queued commands.", handlers::discard},
    {"watch", -2, local | fast | allow_busy | at_once, Group::transactions, all_keys, ro, "2.2.0", "key [key ...]",
     "Make the next EXEC do nothing if one of the keys has changed here.", handlers::watch},
    {"unwatch", 1, local | fast | allow_busy, Group::transactions, no_key, none, "2.2.0", "",
     "Forget what was watched.", handlers::unwatch},
    {"skerry.dump", -1, admin | no_multi, Group::skerry, no_key, none, "0.1.0", "[space]",
     "Every cell of a space, one line each: address, dots, payloads.", handlers::skerry_dump},
    {"skerry.digest", -1, admin | no_multi, Group::skerry, no_key, none, "0.1.0", "[space]",
     "The digest of SKERRY.DUMP: equal exactly when two replicas hold the same.", handlers::skerry_digest},
    {"skerry.context", -1, admin | no_multi, Group::skerry, no_key, none, "0.1.0", "[space]",
     "Which writes of each replica have been seen here.", handlers::skerry_context},
    {"skerry.explain", -2, admin | no_multi, Group::skerry, one_key, ro | access, "0.1.0", "key [member]",
     "Who wrote what shows, which rule let it win, and what is still held beside it.", handlers::skerry_explain},
    {"skerry.peers", 1, admin | no_multi, Group::skerry, no_key, none, "0.1.0", "",
     "The sessions with peers: state, lag, queues.", handlers::skerry_peers},
    {"skerry.cut", 2, admin | no_multi, Group::skerry, no_key, none, "0.1.0", "peer",
     "Have no session with a peer until SKERRY.HEAL: for drills.", handlers::skerry_cut},
    {"skerry.heal", 2, admin | no_multi, Group::skerry, no_key, none, "0.1.0", "peer",
     "Take up the sessions with a peer again.", handlers::skerry_heal},
};
constexpr std::size_t table_size = std::size(table);

constexpr char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte;
}

// A hash table made by the compiler: names are few and known, so nearly each lands in a place of its own.
constexpr std::size_t places = 1024;
constexpr std::size_t probes_max = 3;

constexpr std::size_t place_of(BytesView name) {
  std::uint32_t hash = 2166136261u + static_cast<std::uint32_t>(name.size());
  for (const char byte : name) hash = (hash ^ static_cast<std::uint8_t>(lower(byte))) * 16777619u;
  return (hash ^ hash >> 15) % places;
}

constexpr std::array<std::uint8_t, places + probes_max> make_index() {
  static_assert(table_size < 255);
  std::array<std::uint8_t, places + probes_max> index{};  // place in the table + 1; 0 is free
  for (std::size_t i = 0; i < table_size; ++i) {
    std::size_t place = place_of(table[i].name);
    while (index[place] != 0) ++place;
    index[place] = static_cast<std::uint8_t>(i + 1);
  }
  return index;
}
constexpr auto table_index = make_index();

constexpr bool probes_are_few() {
  for (std::size_t i = 0; i < table_size; ++i) {
    const std::size_t first = place_of(table[i].name);
    std::size_t place = first;
    while (table_index[place] != i + 1) ++place;
    if (place - first >= probes_max) return false;
  }
  return true;
}
static_assert(probes_are_few());

bool inside(const Command& container, const Command& command) {
  const std::size_t size = container.name.size();
  return command.name.size() > size && command.name[size] == '|' && command.name.substr(0, size) == container.name;
}

}  // namespace

std::span<const Command> command_table() {
  return table;
}

std::size_t index_of(const Command& command) {
  const auto index = static_cast<std::size_t>(&command - table);
  core::ensure(index < table_size);
  return index;
}

const Command* find_command(BytesView name) {
  const std::size_t first = place_of(name);
  for (std::size_t place = first; place < first + probes_max; ++place) {
    if (table_index[place] == 0) return nullptr;
    const Command& command = table[table_index[place] - 1];
    if (same_word(name, command.name)) return &command;
  }
  return nullptr;
}

const Command* find_subcommand(const Command& container, BytesView name) {
  for (const Command& command : subcommands(container)) {
    if (same_word(name, command.name.substr(container.name.size() + 1))) return &command;
  }
  return nullptr;
}

std::span<const Command> subcommands(const Command& container) {
  const std::size_t first = index_of(container) + 1;
  std::size_t last = first;
  while (last < table_size && inside(container, table[last])) ++last;
  return std::span(table).subspan(first, last - first);
}

bool is_subcommand(const Command& command) {
  return command.name.find('|') != BytesView::npos;
}

BytesView name_of(Group group) {
  switch (group) {
    case Group::connection:
      return "connection";
    case Group::server:
      return "server";
    case Group::generic:
      return "generic";
    case Group::string:
      return "string";
    case Group::hash:
      return "hash";
    case Group::set:
      return "set";
    case Group::sorted_set:
      return "sorted-set";
    case Group::transactions:
      return "transactions";
    case Group::skerry:
      return "skerry";
  }
  return {};
}

}  // namespace skerry::edge

#include "simulations/operation.h"

#include "core/ensure.h"
#include "crdt/number.h"

namespace skerry::simulations {

using core::Bytes;
using core::ErrorCode;
using core::Kind;
using core::Result;
using sync::KeyAccess;

namespace {

constexpr const char* names[] = {"GET",     "SET",     "SET PX",  "SET KEEPTTL", "INCRBY",  "HSET",
                                 "HINCRBY", "HDEL",    "SADD",    "SREM",        "ZADD",    "ZINCRBY",
                                 "ZREM",    "PEXPIRE", "PERSIST", "DEL",         "FLUSHDB", "SMEMBERS"};
static_assert(std::size(names) == verb_count);

std::string told(std::int64_t number) {
  return std::to_string(number);
}
std::string told(double number) {
  return crdt::print_double(number);
}
std::string told(bool yes) {
  return yes ? "1" : "0";
}

// Errors of a command's own rule are answers; those of the disk are not.
template <class T>
Result<std::string> told(const Result<T>& result) {
  if (!result) {
    if (result.error().code == ErrorCode::wrong_type) return answers::wrong_type;
    if (result.error().code == ErrorCode::not_a_number) return answers::not_a_number;
    return core::failure(result);
  }
  if constexpr (std::is_void_v<T>) {
    return answers::done;
  } else {
    return told(*result);
  }
}

template <class T>
Result<std::string> told(const Result<std::optional<T>>& result) {
  if (!result) return core::failure(result);
  if (!*result) return answers::nothing;
  if constexpr (std::is_same_v<T, core::BytesView>) {
    return std::string(**result);
  } else {
    return told(**result);
  }
}

Result<std::string> read(const Command& command, KeyAccess& key) {
  const std::optional<Kind> kind = key.kind();
  if (!kind) return answers::nothing;
  Bytes scratch;
  switch (*kind) {
    case Kind::string:
      return std::string(key.string(scratch));
    case Kind::hash:
      return command.member.empty() ? told(static_cast<std::int64_t>(key.count()))
                                    : told(key.field(command.member, scratch));
    case Kind::set:
      return command.member.empty() ? told(static_cast<std::int64_t>(key.count())) : told(key.contains(command.member));
    case Kind::sorted_set:
      return command.member.empty() ? told(static_cast<std::int64_t>(key.count())) : told(key.score(command.member));
    case Kind::row:
    case Kind::expiry:
      break;
  }
  core::ensure(false);
  return answers::nothing;
}

Result<std::string> members(KeyAccess& key) {
  const std::optional<Kind> kind = key.kind();
  if (!kind) return answers::nothing;
  if (*kind != Kind::set) return answers::wrong_type;
  std::string text;
  const Result<void> walked = key.for_each_member([&](core::BytesView member) {
    text.append(text.empty() ? "" : " ").append(member);
    return true;
  });
  if (!walked) return core::failure(walked);
  return text;
}

double score_of(std::int64_t quarters) {
  return static_cast<double>(quarters) / 4;
}

}  // namespace

const char* name_of(Verb verb) {
  return names[static_cast<std::size_t>(verb)];
}

Command plain(Command command) {
  const Verb verb = command.verb;
  const bool hash = verb >= Verb::hash_set && verb <= Verb::hash_remove;
  const bool set = verb == Verb::set_add || verb == Verb::set_remove;
  const bool score = verb >= Verb::score_add && verb <= Verb::score_remove;
  const bool increments = verb == Verb::increment || verb == Verb::hash_increment;
  if (verb != Verb::get && !hash && !set && !score) command.member.clear();
  if (verb != Verb::set && verb != Verb::set_until && verb != Verb::set_keeping && verb != Verb::hash_set)
    command.value.clear();
  if (!increments && verb != Verb::score_add && verb != Verb::score_increment) command.amount = 0;
  if (verb != Verb::set_until && verb != Verb::expire) command.lifetime = {};
  return command;
}

Result<std::string> perform(const Command& command, sync::Transaction& transaction) {
  if (command.verb == Verb::flush) return told(transaction.remove_all());
  auto key = transaction.key(command.key);
  if (!key) return core::failure(key);
  auto writer = key->write();
  const core::WallTime deadline = transaction.now().wall + command.lifetime;
  switch (command.verb) {
    case Verb::get:
      return read(command, *key);
    case Verb::set:
      return told(writer.set(command.value, {}));
    case Verb::set_until:
      return told(writer.set(command.value, deadline));
    case Verb::set_keeping:
      return told(writer.set(command.value, crdt::KeepDeadline{}));
    case Verb::increment:
      return told(writer.increment(command.amount));
    case Verb::hash_set:
      return told(writer.hash_set(command.member, command.value));
    case Verb::hash_increment:
      return told(writer.hash_increment(command.member, command.amount));
    case Verb::hash_remove:
      return told(writer.hash_remove(command.member));
    case Verb::set_add:
      return told(writer.set_add(command.member));
    case Verb::set_remove:
      return told(writer.set_remove(command.member));
    case Verb::score_add:
      return told(writer.sorted_set_add(command.member, score_of(command.amount)));
    case Verb::score_increment:
      return told(writer.sorted_set_increment(command.member, score_of(command.amount)));
    case Verb::score_remove:
      return told(writer.sorted_set_remove(command.member));
    case Verb::expire:
      return told(writer.expire(deadline));
    case Verb::persist:
      return told(writer.expire(std::nullopt));
    case Verb::remove:
      return told(writer.remove());
    case Verb::set_members:
      return members(*key);
    case Verb::flush:
      break;
  }
  core::ensure(false);
  return answers::nothing;
}

std::string to_text(const Command& command) {
  std::string text = name_of(command.verb);
  if (command.verb == Verb::flush) return text;
  text += " " + command.key;
  if (!command.member.empty()) text += " " + command.member;
  if (!command.value.empty()) text += " " + command.value;
  const bool in_quarters = command.verb == Verb::score_add || command.verb == Verb::score_increment;
  if (in_quarters) text += " " + crdt::print_double(score_of(command.amount));
  if (!in_quarters && command.amount != 0) text += " " + std::to_string(command.amount);
  if (command.lifetime.count() != 0) text += " " + std::to_string(command.lifetime.count()) + "ms";
  return text;
}

}  // namespace skerry::simulations

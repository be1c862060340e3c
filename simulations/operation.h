// What clients ask for, as data.
#pragma once

#include <string>
#include <vector>

#include "core/ids.h"
#include "simulations/conditions.h"
#include "sync/transaction.h"

namespace skerry::simulations {

// A subset of the commands, at least one for each rule of the kinds.
enum class Verb : std::uint8_t {
  get,  // of whatever kind the key is; with a member: that one
  set,
  set_until,    // with a deadline
  set_keeping,  // KEEPTTL
  increment,
  hash_set,
  hash_increment,
  hash_remove,
  set_add,
  set_remove,
  score_add,
  score_increment,
  score_remove,
  expire,
  persist,
  remove,
  flush,        // the whole space
  set_members,  // all of them, in the order of their names, with spaces between
};
inline constexpr std::size_t verb_count = 18;
const char* name_of(Verb verb);

struct Command {
  Verb verb = Verb::get;
  core::Bytes key = {};
  core::Bytes member = {};
  core::Bytes value = {};
  std::int64_t amount = 0;               // scores count in quarters, which doubles add without rounding
  std::chrono::milliseconds lifetime{};  // from the host's now; may have passed already
};

// Several commands are one batch (MULTI).
struct Operation {
  Duration at{};  // since the world began
  HostIndex host = 0;
  core::Space space;
  std::vector<Command> commands;
};

// The command without what its verb does not use, so that a reader is not led astray.
Command plain(Command command);

// What a client is told, as text: equal answers are equal texts.
namespace answers {
inline constexpr char done[] = "OK";
inline constexpr char nothing[] = "nil";
inline constexpr char wrong_type[] = "WRONGTYPE";
inline constexpr char not_a_number[] = "not a number";
}  // namespace answers

// Does the command and says what the client is told.  An error of the disk is the result's error.
core::Result<std::string> perform(const Command& command, sync::Transaction& transaction);

std::string to_text(const Command& command);

}  // namespace skerry::simulations

// Commands as a Redis client types them, in the part that the simulator knows; and patterns that stand for many.
#pragma once

#include <string>
#include <vector>

#include "core/random.h"
#include "core/result.h"
#include "simulations/operation.h"

namespace skerry::simulations::scenario {

using Words = std::vector<std::string>;

// One word's part between two blanks; what stands in '…' is one, blanks and all.
core::Result<Words> words_of(core::BytesView text);

// "SADD", "cart/1", "milk".  Fails where the simulator does not know the command, or the command not its words.
core::Result<Command> command_of(const Words& words);

// How a pattern's places are filled.  `{1..200}` is a number between the two, `{region}` the name of the node.
struct Filling {
  enum class Number { least, greatest, drawn } number = Number::drawn;
  core::BytesView region = {};
  std::uint32_t skew = 0;  // of the key: how much hotter its first numbers are
};
// The words with their places filled.  Fails where a place is neither of the two.
core::Result<Words> filled(const Words& pattern, const Filling& filling, core::Random& random);

}  // namespace skerry::simulations::scenario

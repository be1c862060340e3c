// Parts of the sentences that say what is wrong with a scenario and what is accepted.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"

namespace skerry::simulations::scenario {

// A stranger's text for a sentence of ours: short, and nothing in it ends a line or moves a terminal's cursor.
std::string printable(core::BytesView text, std::size_t size_max);
// The same, in quotes.
std::string in_quotes(core::BytesView text);
// "a, b or c".
std::string any_of(const std::vector<std::string>& words);

}  // namespace skerry::simulations::scenario

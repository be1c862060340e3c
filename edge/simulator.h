// `skerry simulate`: the partition simulator is a program of its own, which lies beside this one.  (edge must not know
// the simulations, which drive parts of it.)
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace skerry::edge {

// Where the simulator lies, if this program is at `self`.
std::filesystem::path simulator_beside(const std::filesystem::path& self);

// Becomes that program, with these words behind its name; returns only if that fails, with what is to be done.
core::Error become_simulator(const std::filesystem::path& simulator, const std::vector<std::string>& words);

}  // namespace skerry::edge

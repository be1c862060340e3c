// Scenario files: TOML.  docs/simulator.md has the format as a table; simulations/scenarios/ has examples.
#pragma once

#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "simulations/scenario/scenario.h"

namespace skerry::simulations::scenario {

inline constexpr std::size_t scenario_bytes_max = 1 << 20;

// Fails with one sentence: file, line, what is wrong and what is accepted.  `file` is only named.
core::Result<Scenario> parse_scenario(core::BytesView toml, const std::string& file);
// The same, from a file on disk.
core::Result<Scenario> load_scenario(const std::string& file);

}  // namespace skerry::simulations::scenario

// A plan as a file, exactly: TOML that a person can read, change and run again (`skerry-simulate --replay FILE`).
// What a plan was drawn from (its counts of faults, its workload) is not in it: its faults and operations are.
#pragma once

#include <string>

#include "core/result.h"
#include "simulations/plan.h"

namespace skerry::simulations {

// `comment` becomes the first lines of the file.  Most of what is as it always is, is left out.
std::string to_toml(const Plan& plan, const std::string& comment);

// A world of this plan has the same trace.  Fails where the text is no plan, with file, line and what is accepted;
// `file` is only named.  Whatever it accepts can be run.
core::Result<Plan> plan_from_toml(core::BytesView text, const std::string& file);

// The same, from a file on disk.
core::Result<Plan> load_plan(const std::string& file);

}  // namespace skerry::simulations

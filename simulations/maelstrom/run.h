// One run of a workload: a world, what its clients were told, and what the workload's rule says of that.
#pragma once

#include <string>

#include "simulations/maelstrom/workload.h"
#include "simulations/profile.h"
#include "simulations/report.h"

namespace skerry::simulations {
class Chronicle;
}

namespace skerry::simulations::maelstrom {

struct Outcome {
  Report report;  // what the rule finds is a violation too, and its invariant is the workload's name
  History history;
  // Of a run that violates nothing else; and where the world looks away, whatever happened.
  Verdict verdict;
};

enum class Invariants { checked, ignored };
struct Watch {
  Invariants invariants = Invariants::checked;
  Chronicle* chronicle = nullptr;  // or nobody wants to know
};

// After everything has healed and all nodes agree, a client of each node reads once more, as in Maelstrom; that each of
// these is answered is our own rule.
Outcome run(Workload workload, const Plan& plan, const Profile& profile, const Watch& watch);

// What came of it.
std::string to_text(Workload workload, const Outcome& outcome);
// One line, one object.
std::string to_json(Workload workload, const Outcome& outcome);

}  // namespace skerry::simulations::maelstrom

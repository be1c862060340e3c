// The parts of a scenario file, in the order in which they are read: each leans on those before it, and on the
// duration.  What is wrong is complained of at the source.
#pragma once

#include "simulations/scenario/scenario.h"
#include "simulations/scenario/toml_fields.h"

namespace skerry::simulations::scenario {

inline constexpr std::size_t hosts_max = 32;
inline constexpr std::size_t operations_max = 1'000'000;

// What may stand above the first table, and the names of the tables.
std::vector<std::string> top_keys();

// regions, [[node]], [network], [[link]]: who there is and how far from each other.
void read_hosts(Source& source, const toml::table& top, Scenario& scenario);
// [[step]], [[clients]]: who asks for what.
void read_clients(Source& source, const toml::table& top, Scenario& scenario);
// [[fault]]: what fails and when it is well again.
void read_faults(Source& source, const toml::table& top, Scenario& scenario);
// [expect].
void read_expectations(Source& source, const toml::table& top, Scenario& scenario);

// The hosts that a key names: a text or a list; all of them where it is not there.
std::vector<HostIndex> hosts_of(Fields& fields, BytesView key, const Scenario& scenario);
// One of them.
std::optional<HostIndex> host_named(Fields& fields, BytesView key, const std::string& name, const Scenario& scenario);

}  // namespace skerry::simulations::scenario

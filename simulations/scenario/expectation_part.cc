// What is expected: [expect].
#include "crdt/number.h"
#include "simulations/scenario/scenario_parts.h"

namespace skerry::simulations::scenario {

using namespace std::chrono_literals;

namespace {

constexpr char final_accepted[] =
    "a text or a number, a list of a set's members, a table of a hash's fields or of a sorted set's members and "
    "scores, "
    "or false where the key must not be there";

// A text, or a number as a client reads it.
std::optional<std::string> read_value(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
  if (const auto* number = node.as_floating_point()) return std::string(crdt::print_double(number->get()));
  return std::nullopt;
}

// Whether it is one of what is accepted.
bool read_members(const toml::node& node, Final& final) {
  if (const auto* there = node.as_boolean()) {
    final.there = there->get();
    return !final.there;
  }
  if (const toml::array* set = node.as_array()) {
    for (const toml::node& member : *set) {
      const auto text = read_value(member);
      if (!text) return false;
      final.members[*text] = "";
    }
    return !set->empty();
  }
  if (const toml::table* fields = node.as_table()) {
    for (const auto& [name, value] : *fields) {
      const auto text = read_value(value);
      if (!text) return false;
      final.members[std::string(name.str())] = *text;
    }
    return !fields->empty();
  }
  const auto text = read_value(node);
  if (text) final.members[""] = *text;
  return text.has_value();
}

}  // namespace

void read_expectations(Source& source, const toml::table& top, Scenario& scenario) {
  Fields fields(source, top, "", top_keys());
  const toml::table* table = fields.table("expect");
  if (table == nullptr) return;
  Fields expect(source, *table, "[expect]", {"converged_within", "max_lag_p99", "max_lag", "max_bytes", "final"});
  Expectations& expectations = scenario.expectations;
  expectations.converged_within = expect.duration("converged_within", {0s, 3min});
  expectations.lag_p99_max = expect.duration("max_lag_p99", any_time);
  expectations.lag_max = expect.duration("max_lag", any_time);
  expectations.bytes_max = expect.size("max_bytes");
  const toml::table* finals = expect.table("final");
  if (finals == nullptr) return;
  for (const auto& [key, value] : *finals) {
    Final final{.key = std::string(key.str()), .members = {}, .place = {}};
    final.place = scenario.file + ":" + std::to_string(key.source().begin.line);
    if (!read_members(value, final))
      return source.complain(key.source(),
                             "[expect] final " + in_quotes(final.key) + ": accepted is " + final_accepted);
    expectations.finals.push_back(std::move(final));
  }
}

}  // namespace skerry::simulations::scenario

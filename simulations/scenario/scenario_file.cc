#include "simulations/scenario/scenario_file.h"

#include <fstream>

#include "simulations/scenario/scenario_parts.h"

namespace skerry::simulations::scenario {

using namespace std::chrono_literals;
using core::Result;

namespace {

void read_head(Source& source, const toml::table& top, Scenario& scenario) {
  if (const toml::node* replay = top.get("replay")) {
    return source.complain(
        *replay, "this is no scenario but a replay file; accepted is skerry-simulate --replay " + source.file());
  }
  Fields fields(source, top, "", top_keys());
  scenario.title = fields.text("title").value_or(scenario.file);
  scenario.conditions.seed = static_cast<std::uint64_t>(fields.whole("seed", {0, INT64_MAX}).value_or(1));
  const auto duration = fields.duration("duration", {1ms, longest});
  if (!duration) return fields.missing("duration", duration_accepted);
  scenario.conditions.duration = *duration;
  scenario.conditions.spaces = 1;
}

}  // namespace

std::vector<std::string> top_keys() {
  return {"title", "seed", "duration", "regions", "ack",   "topology", "network",
          "node",  "link", "step",     "clients", "fault", "expect"};
}

Result<Scenario> parse_scenario(core::BytesView text, const std::string& file) {
  Source source(file);
  Scenario scenario;
  scenario.file = file;
  try {
    const toml::table top = toml::parse(text, file);
    for (const auto read : {read_head, read_hosts, read_clients, read_faults, read_expectations}) {
      if (!source.failed()) read(source, top, scenario);
    }
  } catch (const toml::parse_error& error) {  // toml++'s way to say "malformed"; it ends here
    source.complain(error.source(), "this is not TOML: " + printable(error.description(), 200));
  }
  if (source.failed()) return tl::make_unexpected(source.error());
  return scenario;
}

Result<Scenario> load_scenario(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(scenario_bytes_max + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (!stream.is_open() || stream.bad())
    return core::fail(core::ErrorCode::io, file + ": cannot be read; accepted is a scenario file (TOML)");
  if (text.size() > scenario_bytes_max)
    return core::fail(core::ErrorCode::invalid, file + ": is larger than a scenario may be, 1 MiB");
  return parse_scenario(text, file);
}

}  // namespace skerry::simulations::scenario

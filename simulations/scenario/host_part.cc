// Who there is and how far from each other: regions, [[node]], [network], [[link]].
#include <algorithm>

#include "simulations/scenario/cloud_regions.h"
#include "simulations/scenario/scenario_parts.h"
#include "sync/limits.h"

namespace skerry::simulations::scenario {

using namespace std::chrono_literals;

namespace {

// Beyond that sessions would die of silence (edge/peer_link.h), and nothing be said of it; without any delay a world
// would not get on from one instant.
constexpr Range<Duration> delay_range{100us, 2s};
constexpr Range<double> chance{0, 1};
constexpr char name_accepted[] = "1 to 64 letters, digits, '.', '_' or '-', such as eu-west-1";

bool is_name(BytesView text) {
  constexpr BytesView letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(letters) == BytesView::npos;
}

class Hosts {
 public:
  Hosts(Source& source, const toml::table& top, Scenario& scenario)
      : source_(source), top_(top), scenario_(scenario), conditions_(scenario.conditions) {}

  void read() {
    Fields fields(source_, top_, "", top_keys());
    usual_.disk = {.sync_min = 1ms, .sync_max = 4ms, .stall_chance = 0, .stall_max = {}};
    usual_.cache_bytes = sync::cache_bytes_default;
    usual_.chunk_events = sync::chunk_events_aim;
    usual_.ack = ack(fields, Ack::durable);
    for (const std::string& name : fields.texts("regions")) add(fields, "regions", name, name, usual_);
    for (const toml::table* table : tables(source_, top_, "node")) read_node(*table);
    if (scenario_.names.size() < 2) {
      return fields.complain(
          "regions",
          "a world has at least 2 of them, of regions and [[node]] together, and at most " + std::to_string(hosts_max));
    }
    read_topology(fields);
    read_network(fields);
    lay_roads();
    for (const toml::table* table : tables(source_, top_, "link")) read_link(*table);
    check_roads(fields);
  }

 private:
  static Ack ack(Fields& fields, Ack otherwise) {
    const auto word = fields.word("ack", {"durable", "memory"});
    if (!word) return otherwise;
    return *word == "memory" ? Ack::memory : Ack::durable;
  }

  void add(Fields& fields, BytesView key, const std::string& name, const std::string& region,
           const HostConditions& conditions) {
    std::vector<std::string>& names = scenario_.names;
    if (!is_name(name))
      return fields.complain(key, in_quotes(name) + " is no name; accepted is " + std::string(name_accepted));
    if (std::find(names.begin(), names.end(), name) != names.end())
      return fields.complain(key, in_quotes(name) + " is there already; accepted is a name that no other has");
    if (names.size() == hosts_max)
      return fields.complain(key, "this is one too many; accepted are at most " + std::to_string(hosts_max));
    names.push_back(name);
    regions_.push_back(region);
    conditions_.hosts.push_back(conditions);
  }

  void read_node(const toml::table& table) {
    Fields fields(source_, table, "[[node]]",
                  {"name", "region", "joins", "ack", "clock_off", "clock_drift_ppm", "sync"});
    const auto name = fields.text("name");
    if (!name) return fields.missing("name", name_accepted);
    const std::string region = fields.text("region").value_or(*name);
    if (region != *name && !is_cloud_region(region)) {
      std::vector<std::string> known;
      for (const BytesView one : cloud_region_names()) known.emplace_back(one);
      return fields.complain("region", in_quotes(region) + " is not known; accepted are " + any_of(known));
    }
    HostConditions conditions = usual_;
    conditions.ack = ack(fields, usual_.ack);
    conditions.joins_at = fields.duration("joins", {0s, conditions_.duration}).value_or(0s);
    constexpr Range<Duration> clock_range{-24h * 366, 24h * 366};
    conditions.clock.offset =
        std::chrono::duration_cast<std::chrono::milliseconds>(fields.duration("clock_off", clock_range).value_or(0s));
    conditions.clock.drift_ppm = static_cast<int>(fields.whole("clock_drift_ppm", {-5'000, 5'000}).value_or(0));
    if (const auto sync = fields.duration("sync", {0s, 10s}))
      conditions.disk.sync_min = conditions.disk.sync_max = *sync;
    add(fields, "name", *name, region, conditions);
  }

  void read_topology(Fields& fields) {
    const auto word = fields.word("topology", {"mesh", "line", "ring", "hub"});
    if (word && *word == "line") conditions_.topology = Topology::line;
    if (word && *word == "ring") conditions_.topology = Topology::ring;
    if (word && *word == "hub") conditions_.topology = Topology::hub;
  }

  void read_network(Fields& top) {
    const toml::table* table = top.table("network");
    conditions_.network.jitter = 0.1;
    if (table == nullptr) return;
    Fields fields(source_, *table, "[network]",
                  {"delay", "jitter", "loss", "damage", "bandwidth", "tail_chance", "tail"});
    NetworkConditions& network = conditions_.network;
    usual_delay_ = fields.duration("delay", delay_range);
    network.jitter = fields.number("jitter", {0, 10}).value_or(network.jitter);
    network.loss = fields.number("loss", chance).value_or(0);
    network.damage = fields.number("damage", {0, 0.1}).value_or(0);
    network.bytes_per_second = fields.size("bandwidth").value_or(0);
    network.tail_chance = fields.number("tail_chance", chance).value_or(0);
    network.tail_max = fields.duration("tail", {0s, 5s}).value_or(0s);
  }

  // As far as the regions are apart; else as [network] says; else a [[link]] has to say it.
  void lay_roads() {
    const std::size_t hosts = scenario_.names.size();
    known_.assign(hosts * hosts, true);
    for (std::size_t from = 0; from < hosts; ++from) {
      for (std::size_t to = 0; to < hosts; ++to) {
        PathConditions& path = conditions_.paths.emplace_back();
        const std::string& one = regions_[from];
        const std::string& other = regions_[to];
        if (is_cloud_region(one) && is_cloud_region(other)) {
          path.delay = cloud_delay(one, other);
        } else if (usual_delay_) {
          path.delay = *usual_delay_;
        } else {
          known_[from * hosts + to] = from == to;
        }
      }
    }
  }

  void read_link(const toml::table& table) {
    Fields fields(source_, table, "[[link]]", {"between", "delay", "loss", "bandwidth"});
    const std::vector<std::string> names = fields.texts("between");
    if (source_.failed()) return;
    if (names.size() != 2 || names[0] == names[1])
      return fields.complain("between", "accepted are two names in a list");
    const auto one = host_named(fields, "between", names[0], scenario_);
    const auto other = host_named(fields, "between", names[1], scenario_);
    if (!one || !other) return;
    const auto delay = fields.duration("delay", delay_range);
    const auto loss = fields.number("loss", chance);
    const auto bandwidth = fields.size("bandwidth");
    const std::size_t hosts = scenario_.names.size();
    for (const std::size_t place : {*one * hosts + *other, *other * hosts + *one}) {
      PathConditions& path = conditions_.paths[place];
      if (delay) path.delay = *delay;
      if (delay) known_[place] = true;
      path.loss = loss.value_or(path.loss);
      path.bytes_per_second = bandwidth.value_or(path.bytes_per_second);
    }
  }

  void check_roads(Fields& fields) {
    for (const Edge& edge : edges_of(conditions_)) {
      if (known_[edge.first * scenario_.names.size() + edge.second]) continue;
      return fields.complain("link", "how far is " + in_quotes(scenario_.names[edge.first]) + " from " +
                                         in_quotes(scenario_.names[edge.second]) +
                                         "? Not both are regions that the simulator knows; accepted is a [[link]] "
                                         "between them with a delay, or a delay in [network] for all such");
    }
  }

  Source& source_;
  const toml::table& top_;
  Scenario& scenario_;
  Conditions& conditions_;
  HostConditions usual_;
  std::optional<Duration> usual_delay_;
  std::vector<std::string> regions_;  // by host: where it is
  std::vector<bool> known_;           // by path: how long it is
};

}  // namespace

void read_hosts(Source& source, const toml::table& top, Scenario& scenario) {
  Hosts(source, top, scenario).read();
}

std::optional<HostIndex> host_named(Fields& fields, BytesView key, const std::string& name, const Scenario& scenario) {
  const auto found = std::find(scenario.names.begin(), scenario.names.end(), name);
  if (found != scenario.names.end()) return static_cast<HostIndex>(found - scenario.names.begin());
  fields.complain(key, in_quotes(name) + " is not in this world; accepted are " + any_of(scenario.names));
  return std::nullopt;
}

std::vector<HostIndex> hosts_of(Fields& fields, BytesView key, const Scenario& scenario) {
  std::vector<HostIndex> hosts;
  for (const std::string& name : fields.texts(key)) {
    if (const auto host = host_named(fields, key, name, scenario)) hosts.push_back(*host);
  }
  if (fields.node(key) != nullptr) return hosts;
  for (HostIndex host = 0; host < scenario.names.size(); ++host) hosts.push_back(host);
  return hosts;
}

}  // namespace skerry::simulations::scenario

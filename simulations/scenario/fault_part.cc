// What fails and when it is well again: [[fault]].
#include <algorithm>

#include "simulations/scenario/scenario_parts.h"

namespace skerry::simulations::scenario {

using namespace std::chrono_literals;

namespace {

const std::vector<std::string> kinds = {"cut",       "slow",        "crash",      "pause",       "heal",
                                        "slow_disk", "sync_errors", "clock_step", "clock_freeze"};
constexpr std::int64_t faults_max = 100'000;

using Group = std::vector<HostIndex>;

class Faults {
 public:
  Faults(Source& source, Scenario& scenario)
      : source_(source), scenario_(scenario), end_(scenario.conditions.duration) {}

  void read(const toml::table& table) {
    std::vector<std::string> known = {"at", "for", "repeat", "every", "one_way", "times", "count", "by", "power"};
    known.insert(known.end(), kinds.begin(), kinds.end());
    Fields fields(source_, table, "[[fault]]", known);
    const auto at = fields.duration("at", {0s, end_});
    if (!at) return fields.missing("at", duration_accepted);
    at_ = *at;
    for_ = fields.duration("for", {0s, end_});
    const std::string kind = kind_of(fields);
    if (source_.failed()) return;
    if (kind == "heal") return heal(fields);
    const std::size_t first = scenario_.faults.size();
    if (kind == "cut" || kind == "slow") {
      paths(fields, kind);
    } else {
      for (const HostIndex host : hosts_of(fields, kind, scenario_)) on_host(fields, kind, host);
    }
    repeat(fields, first);
  }

 private:
  std::string kind_of(Fields& fields) {
    std::vector<std::string> found;
    for (const std::string& kind : kinds) {
      if (fields.node(kind) != nullptr) found.push_back(kind);
    }
    if (found.size() == 1) return found.front();
    fields.complain("at", "what happens then? Accepted is one of " + any_of(kinds));
    return "";
  }

  // How long, where nothing is well again by itself.
  Duration lasts() const { return std::min(for_.value_or(end_), end_ - at_); }

  std::int64_t times(Fields& fields, std::int64_t otherwise) {
    return fields.whole("times", {2, 1'000}).value_or(otherwise);
  }

  // Each with those after it: ["a", "b"], [["a", "b"], ["c"]].  One alone stands against all others.
  std::vector<Group> groups(Fields& fields, BytesView key) {
    std::vector<Group> groups;
    const toml::node* node = fields.node(key);  // nothing where something else has been complained of already
    const toml::array* list = node != nullptr ? node->as_array() : nullptr;
    const bool nested = list != nullptr && !list->empty() && list->is_homogeneous<toml::array>();
    for (std::size_t i = 0; nested && i < list->size(); ++i) {
      Group& group = groups.emplace_back();
      for (const toml::node& one : *list->get(i)->as_array()) {
        const auto* name = one.as_string();
        if (name == nullptr) fields.complain(key, "accepted are names, or lists of names, in a list");
        const auto host = name != nullptr ? host_named(fields, key, name->get(), scenario_) : std::nullopt;
        if (host) group.push_back(*host);
      }
    }
    if (!nested) {
      for (const HostIndex host : hosts_of(fields, key, scenario_)) groups.push_back({host});
    }
    if (groups.size() == 1) {
      Group& others = groups.emplace_back();
      for (HostIndex host = 0; host < scenario_.names.size(); ++host) {
        const Group& first = groups.front();
        if (std::find(first.begin(), first.end(), host) == first.end()) others.push_back(host);
      }
    }
    return groups;
  }

  template <class Visit>
  static void for_each_path(const std::vector<Group>& groups, bool one_way, Visit&& visit) {
    for (std::size_t one = 0; one < groups.size(); ++one) {
      for (std::size_t other = one + 1; other < groups.size(); ++other) {
        for (const HostIndex from : groups[one]) {
          for (const HostIndex to : groups[other]) {
            if (from == to) continue;
            visit(from, to);
            if (!one_way) visit(to, from);
          }
        }
      }
    }
  }

  void paths(Fields& fields, const std::string& kind) {
    Fault fault{.at = at_, .kind = kind == "cut" ? FaultKind::cut : FaultKind::slow_path, .lasts = lasts()};
    if (kind == "slow") fault.amount = times(fields, 10);
    const bool one_way = fields.flag("one_way").value_or(false);
    for_each_path(groups(fields, kind), one_way, [&](HostIndex from, HostIndex to) {
      fault.host = from;
      fault.other = to;
      // Somebody may heal it, unless the file says how long it lasts.
      if (kind == "cut" && !for_) open_.push_back(scenario_.faults.size());
      scenario_.faults.push_back(fault);
    });
  }

  // Cuts that are still open between these end now.
  void heal(Fields& fields) {
    const bool one_way = fields.flag("one_way").value_or(false);
    std::size_t healed = 0;
    const bool all = fields.node("heal") != nullptr && fields.node("heal")->is_string() && fields.text("heal") == "all";
    const auto end = [&](const auto& which) {
      for (const std::size_t place : open_) {
        Fault& fault = scenario_.faults[place];
        if (fault.at > at_ || fault.at + fault.lasts < end_ || !which(fault)) continue;
        fault.lasts = at_ - fault.at;
        ++healed;
      }
    };
    if (all) {
      end([](const Fault&) { return true; });
    } else {
      for_each_path(groups(fields, "heal"), one_way, [&](HostIndex from, HostIndex to) {
        end([&](const Fault& fault) { return fault.host == from && fault.other == to; });
      });
    }
    if (healed == 0)
      fields.complain("heal",
                      "nothing is cut there; accepted is what an earlier cut in this file, without `for`, names, "
                      "or \"all\"");
  }

  void on_host(Fields& fields, const std::string& kind, HostIndex host) {
    Fault fault{.at = at_, .host = host, .lasts = lasts()};
    if (kind == "crash") {
      fault.kind = FaultKind::crash;
      fault.lasts = for_.value_or(2s);
      fault.noticed = !fields.flag("power").value_or(false);
    } else if (kind == "pause") {
      fault.kind = FaultKind::pause;
    } else if (kind == "slow_disk") {
      fault.kind = FaultKind::slow_disk;
      fault.amount = times(fields, 100);
    } else if (kind == "sync_errors") {
      fault.kind = FaultKind::sync_error;
      fault.lasts = 0s;
      fault.amount = fields.whole("count", {1, 100}).value_or(1);
    } else if (kind == "clock_step") {
      fault.kind = FaultKind::clock_step;
      fault.lasts = 0s;
      const auto by = fields.duration("by", {-24h * 366, 24h * 366});
      if (!by) return fields.missing("by", duration_accepted);
      fault.amount = *by / 1ms;
    } else {
      fault.kind = FaultKind::clock_freeze;
    }
    scenario_.faults.push_back(fault);
  }

  // The faults from `first` on once more, and again.
  void repeat(Fields& fields, std::size_t first) {
    const auto repeat = fields.whole("repeat", {2, 10'000});
    const auto every = fields.duration("every", {1ms, end_});
    if (!repeat && !every) return;
    if (!repeat || !every || !for_) {
      return fields.complain("repeat",
                             "accepted are `repeat`, how often, `every`, from one to the next, and `for`, "
                             "how long each time, together");
    }
    const std::vector<Fault> once(scenario_.faults.begin() + static_cast<std::ptrdiff_t>(first),
                                  scenario_.faults.end());
    if (*repeat * static_cast<std::int64_t>(once.size()) > faults_max)
      return fields.complain("repeat", "these are too many; accepted are " + std::to_string(faults_max) + " at most");
    for (std::int64_t i = 1; i < *repeat; ++i) {
      for (Fault fault : once) {
        fault.at += i * *every;
        if (fault.at < end_) scenario_.faults.push_back(fault);
      }
    }
  }

  Source& source_;
  Scenario& scenario_;
  Duration end_;
  Duration at_{};
  std::optional<Duration> for_;
  std::vector<std::size_t> open_;  // cuts without an end of their own
};

}  // namespace

void read_faults(Source& source, const toml::table& top, Scenario& scenario) {
  Faults faults(source, scenario);
  for (const toml::table* table : tables(source, top, "fault")) faults.read(*table);
  std::stable_sort(scenario.faults.begin(), scenario.faults.end(),
                   [](const Fault& left, const Fault& right) { return left.at < right.at; });
}

}  // namespace skerry::simulations::scenario

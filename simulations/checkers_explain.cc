// What a reader of a violation wants to know next: which events are involved, who knows them, and what each replica
// makes of them.
#include <algorithm>

#include "core/ensure.h"
#include "simulations/checkers.h"

namespace skerry::simulations {

using core::BytesView;

namespace {

constexpr std::size_t events_told_max = 16;

}  // namespace

void Checkers::explain() {
  core::ensure(violation_.has_value());
  std::vector<std::string>& details = violation_->details;
  std::vector<EventIndex> events = events_about(violation_->key);
  const std::string about = violation_->key.empty() ? "" : " at " + violation_->key;
  if (!events.empty()) details.push_back("The events" + about + ", as author:sequence, and who knows them:");
  if (events.size() > events_told_max) {
    const auto earlier = events.end() - events_told_max;
    details.push_back("  (" + std::to_string(earlier - events.begin()) + " earlier ones)");
    events.erase(events.begin(), earlier);
  }
  for (const EventIndex index : events) details.push_back("  " + ledger_.describe(index) + "; " + known_to(index));
  details.emplace_back("What each replica believes:");
  for (HostIndex host = 0; host < hosts_.size(); ++host) details.push_back("  " + belief(host));
}

// All, in the order in which they were made, where it is about no key.
std::vector<EventIndex> Checkers::events_about(BytesView key) const {
  std::vector<EventIndex> events;
  const auto is_about = [&](EventIndex index) {
    const Event& event = ledger_.event(index);
    if (event.type != sync::EventType::cell) return false;
    const auto address = core::decode_address(ledger_.address(event.address));
    return key.empty() || address->key == key;
  };
  for (EventIndex index = 0; index < ledger_.size(); ++index) {
    const std::vector<EventIndex>& kills = ledger_.event(index).kills;
    if (is_about(index) || std::any_of(kills.begin(), kills.end(), is_about)) events.push_back(index);
  }
  return events;
}

std::string Checkers::known_to(EventIndex index) const {
  std::string hosts;
  for (HostIndex host = 0; host < hosts_.size(); ++host) {
    if (ledger_.knows(host, index)) hosts += (hosts.empty() ? "" : ", ") + std::to_string(host);
  }
  return hosts.empty() ? "nobody knows it" : "known to " + hosts;
}

std::string Checkers::belief(HostIndex index) const {
  const Host& of = *hosts_[index];
  std::string text = "host " + std::to_string(index);
  if (!of.up()) return text + " is down";
  text += " has seen";
  for (HostIndex author = 0; author < hosts_.size(); ++author)
    text += " " + std::to_string(author) + ":" + std::to_string(state(index).context.complete_to(host(author).id()));
  if (violation_->key.empty()) return text;
  const core::WallTime now = of.now().wall;
  const std::string seen = to_text(shown(index, violation_->key));
  const std::string promised = to_text(model_.shown(index, violation_->key, now));
  text += "; clients see " + violation_->key + " as (" + seen + ")";
  return seen == promised ? text + ", as promised" : text + ", and were promised (" + promised + ")";
}

}  // namespace skerry::simulations

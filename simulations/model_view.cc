// What readers at one host must see, by simulations/model.h.
#include <algorithm>
#include <tuple>

#include "crdt/number.h"
#include "simulations/model.h"

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using core::Kind;
using core::WallTime;

namespace {

// How far ahead of the reader's clock a value may be before it loses to the others (DESIGN §2, Clocks).
constexpr std::chrono::milliseconds clock_bound{60'000};

constexpr Kind kinds[] = {Kind::string, Kind::hash, Kind::set, Kind::sorted_set};  // in the order of visibility

}  // namespace

const Model::Mark* Model::winner(HostIndex host, PlaceIndex place, WallTime now, MarkIndex* index) const {
  const Mark* best = nullptr;
  const auto rank = [&](const Mark& mark) {
    return std::tuple(mark.stamp.wall() <= now + clock_bound, mark.stamp, ids_[mark.host]);
  };
  for (const MarkIndex each : alive(host, place)) {
    const Mark& mark = marks_[each];
    if (mark.part != Part::value || (best != nullptr && rank(mark) < rank(*best))) continue;
    best = &mark;
    if (index != nullptr) *index = each;
  }
  return best;
}

std::optional<WallTime> Model::deadline(HostIndex host, KeyIndex key, WallTime now) const {
  MarkIndex visible = 0;
  const Mark* winning = winner(host, keys_[key].string, now, &visible);
  bool any = false;
  bool for_ever = false;
  bool overridden = false;
  WallTime greatest = WallTime::min();
  const auto consider = [&](const std::optional<WallTime>& claimed) {
    any = true;
    for_ever = for_ever || !claimed;
    if (claimed) greatest = std::max(greatest, *claimed);
  };
  for (const MarkIndex each : alive(host, keys_[key].claims)) {
    const Mark& mark = marks_[each];
    consider(mark.deadline);
    if (winning != nullptr && std::find(mark.over.begin(), mark.over.end(), visible) != mark.over.end())
      overridden = true;
  }
  if (winning != nullptr && !overridden) consider(winning->deadline);
  if (!any || for_ever) return std::nullopt;
  return greatest;
}

std::optional<Kind> Model::kind(HostIndex host, KeyIndex key, WallTime now) const {
  std::optional<Kind> visible;
  for (const PlaceIndex place : keys_[key].places) {
    const Kind kind = places_[place].kind;
    if (kind == Kind::expiry || !present(host, place)) continue;
    const auto order = [](Kind each) { return std::find(std::begin(kinds), std::end(kinds), each); };
    if (!visible || order(kind) < order(*visible)) visible = kind;
  }
  if (!visible) return std::nullopt;
  const std::optional<WallTime> due = deadline(host, key, now);
  return due && *due <= now ? std::nullopt : visible;
}

std::string Model::value(HostIndex host, PlaceIndex place, WallTime now) const {
  const Mark* winning = winner(host, place, now, nullptr);
  std::int64_t sum = 0;
  for (const MarkIndex each : alive(host, place)) {
    if (marks_[each].part == Part::increment) sum += marks_[each].amount;
  }
  if (places_[place].kind == Kind::sorted_set)
    return crdt::print_double(static_cast<double>(sum + (winning != nullptr ? winning->amount : 0)) / 4);
  if (winning == nullptr) return std::to_string(sum);
  const auto number = crdt::parse_integer(winning->text);
  return number ? std::to_string(*number + sum) : winning->text;
}

std::size_t Model::count(HostIndex host, KeyIndex key, Kind kind) const {
  const std::vector<PlaceIndex>& places = keys_[key].places;
  return static_cast<std::size_t>(std::count_if(places.begin(), places.end(), [&](PlaceIndex place) {
    return places_[place].kind == kind && present(host, place);
  }));
}

std::vector<Bytes> Model::keys() const {
  std::vector<Bytes> names;
  for (const Key& key : keys_) names.push_back(key.name);
  return names;
}

Model::Shown Model::shown(HostIndex host, BytesView name, WallTime now) const {
  Shown shown;
  const auto key = key_indexes_.find(name);
  if (key == key_indexes_.end()) return shown;
  shown.kind = kind(host, key->second, now);
  if (!shown.kind) return shown;
  shown.deadline = deadline(host, key->second, now);
  for (const PlaceIndex place : keys_[key->second].places) {
    if (places_[place].kind != *shown.kind || !present(host, place)) continue;
    shown.members[places_[place].member] = *shown.kind == Kind::set ? "" : value(host, place, now);
  }
  return shown;
}

std::size_t Model::side_by_side(HostIndex host, const core::Address& address) const {
  const auto key = key_indexes_.find(address.key);
  if (key == key_indexes_.end()) return 0;
  for (const PlaceIndex place : keys_[key->second].places) {
    if (places_[place].kind != address.kind || places_[place].member != address.member) continue;
    return static_cast<std::size_t>(
        std::count_if(alive(host, place).begin(), alive(host, place).end(),
                      [&](MarkIndex mark) { return marks_[mark].part != Part::increment; }));
  }
  return 0;
}

std::string to_text(const Model::Shown& shown) {
  static constexpr const char* kinds[] = {"", "string", "", "hash", "set", "sorted set"};
  if (!shown.kind) return "nothing";
  std::string text = kinds[static_cast<std::size_t>(*shown.kind)];
  if (shown.deadline) text += ", until " + std::to_string(core::unix_milliseconds(*shown.deadline));
  for (const auto& [member, value] : shown.members) text += ", " + member + "=" + value;
  return text;
}

}  // namespace skerry::simulations

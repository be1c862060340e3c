#include "simulations/model.h"

#include <algorithm>

#include "core/ensure.h"
#include "crdt/number.h"

namespace skerry::simulations {

using core::Bytes;
using core::BytesView;
using core::Kind;
using core::WallTime;

namespace {

Kind kind_of(Verb verb) {
  switch (verb) {
    case Verb::hash_set:
    case Verb::hash_increment:
    case Verb::hash_remove:
      return Kind::hash;
    case Verb::set_add:
    case Verb::set_remove:
    case Verb::set_members:
      return Kind::set;
    case Verb::score_add:
    case Verb::score_increment:
    case Verb::score_remove:
      return Kind::sorted_set;
    case Verb::get:
    case Verb::set:
    case Verb::set_until:
    case Verb::set_keeping:
    case Verb::increment:
    case Verb::expire:
    case Verb::persist:
    case Verb::remove:
    case Verb::flush:
      return Kind::string;
  }
  return Kind::string;
}

}  // namespace

Model::Model(const std::vector<core::ReplicaId>& ids) : ids_(ids), views_(ids.size()) {}

// --- names

Model::KeyIndex Model::key_of(BytesView name) {
  if (const auto found = key_indexes_.find(name); found != key_indexes_.end()) return found->second;
  const auto index = static_cast<KeyIndex>(keys_.size());
  key_indexes_.emplace(name, index);
  keys_.push_back({.name = Bytes(name), .places = {}});
  keys_[index].string = place_of(index, Kind::string, {});
  keys_[index].claims = place_of(index, Kind::expiry, {});
  return index;
}

Model::PlaceIndex Model::place_of(KeyIndex key, Kind kind, BytesView member) {
  for (const PlaceIndex place : keys_[key].places) {
    if (places_[place].kind == kind && places_[place].member == member) return place;
  }
  const auto index = static_cast<PlaceIndex>(places_.size());
  places_.push_back({key, kind, Bytes(member)});
  keys_[key].places.push_back(index);
  for (View& view : views_) view.alive.emplace_back();
  return index;
}

// --- batches

void Model::begin(HostIndex host, WallTime now) {
  host_ = host;
  now_ = now;
  open_ = {};
}

EffectIndex Model::end() {
  if (open_.added.empty() && open_.removed.empty()) return 0;
  effects_.push_back(std::move(open_));
  return static_cast<EffectIndex>(effects_.size() - 1);
}

std::vector<Model::Register> Model::registers_of(EffectIndex effect) const {
  std::vector<Register> registers;
  for (const MarkIndex mark : effects_[effect].added) {
    if (marks_[mark].part != Part::value) continue;
    const Place& place = places_[marks_[mark].place];
    registers.push_back({place.kind, keys_[place.key].name, place.member, mark});
  }
  return registers;
}

void Model::apply_added(HostIndex host, MarkIndex mark) {
  View& view = views_[host];
  if (view.removed.size() <= mark) view.removed.resize(marks_.size());
  if (view.removed[mark]) return;
  view.alive[marks_[mark].place].push_back(mark);
  view.values += marks_[mark].part != Part::claim;
}

void Model::apply_removed(HostIndex host, MarkIndex mark) {
  View& view = views_[host];
  if (view.removed.size() <= mark) view.removed.resize(marks_.size());
  view.removed[mark] = true;
  std::vector<MarkIndex>& alive = view.alive[marks_[mark].place];
  const auto found = std::find(alive.begin(), alive.end(), mark);
  if (found == alive.end()) return;
  alive.erase(found);
  view.values -= marks_[mark].part != Part::claim;
}

void Model::add(Mark mark) {
  mark.host = host_;
  marks_.push_back(std::move(mark));
  open_.added.push_back(static_cast<MarkIndex>(marks_.size() - 1));
  apply_added(host_, open_.added.back());
}

// All that the host has seen there.
void Model::remove(PlaceIndex place) {
  const std::vector<MarkIndex> seen = alive(host_, place);
  for (const MarkIndex mark : seen) {
    open_.removed.push_back(mark);
    apply_removed(host_, mark);
  }
}

void Model::remove_key(KeyIndex key) {
  for (const PlaceIndex place : keys_[key].places) remove(place);
}

void Model::claim(KeyIndex key, std::optional<WallTime> deadline) {
  Mark mark{.place = keys_[key].claims, .part = Part::claim, .deadline = deadline};
  for (const MarkIndex seen : alive(host_, keys_[key].string)) {
    if (marks_[seen].part == Part::value) mark.over.push_back(seen);
  }
  remove(keys_[key].claims);
  add(std::move(mark));
}

void Model::learn(HostIndex host, EffectIndex effect) {
  for (const MarkIndex mark : effects_[effect].added) apply_added(host, mark);
  for (const MarkIndex mark : effects_[effect].removed) apply_removed(host, mark);
}

void Model::forget_all(HostIndex host) {
  View& view = views_[host];
  for (auto& alive : view.alive) alive.clear();
  view.removed.clear();
  view.values = 0;
}

// --- commands

std::string Model::answer(const Command& command) {
  if (command.verb == Verb::flush) return flush();
  const KeyIndex key = key_of(command.key);
  switch (command.verb) {
    case Verb::get:
      return read(command, key);
    case Verb::set_members:
      return read_members(key);
    case Verb::set:
    case Verb::set_until:
    case Verb::set_keeping:
      return set(command, key);
    case Verb::increment:
    case Verb::hash_set:
    case Verb::hash_increment:
    case Verb::set_add:
    case Verb::score_add:
    case Verb::score_increment:
      return write(command, key);
    case Verb::hash_remove:
    case Verb::set_remove:
    case Verb::score_remove:
      return remove_member(command, key);
    case Verb::expire:
    case Verb::persist:
      return expire(command, key);
    case Verb::remove: {
      const bool seen = kind(host_, key, now_).has_value();
      remove_key(key);
      return seen ? "1" : "0";
    }
    case Verb::flush:
      break;
  }
  core::ensure(false);
  return {};
}

std::string Model::set(const Command& command, KeyIndex key) {
  Mark mark{.place = keys_[key].string, .part = Part::value, .text = command.value};
  if (command.verb == Verb::set_until) mark.deadline = now_ + command.lifetime;
  if (command.verb == Verb::set_keeping && kind(host_, key, now_)) mark.deadline = deadline(host_, key, now_);
  remove_key(key);
  add(std::move(mark));
  return answers::done;
}

// A write that keeps the rest of the key, and its deadline.
std::string Model::write(const Command& command, KeyIndex key) {
  const Kind wanted = kind_of(command.verb);
  const std::optional<Kind> found = kind(host_, key, now_);
  if (found && *found != wanted) return answers::wrong_type;
  const std::optional<WallTime> kept = found ? deadline(host_, key, now_) : std::nullopt;
  if (!found) remove_key(key);  // it has expired, or left a deadline behind
  const PlaceIndex place = wanted == Kind::string ? keys_[key].string : place_of(key, wanted, command.member);
  const bool is_new = !present(host_, place);
  std::string told = answers::done;
  Mark mark{.place = place, .amount = command.amount};
  switch (command.verb) {
    case Verb::increment:
    case Verb::hash_increment:
    case Verb::score_increment: {
      const Mark* winning = winner(host_, place, now_, nullptr);
      const bool is_number = winning == nullptr || wanted == Kind::sorted_set || crdt::parse_integer(winning->text);
      if (!is_number) return answers::not_a_number;
      mark.part = Part::increment;
      add(std::move(mark));
      told = value(host_, place, now_);
      break;
    }
    case Verb::hash_set:
    case Verb::score_add:
      mark.part = Part::value;
      if (wanted == Kind::hash) mark.text = command.value;
      remove(place);
      add(std::move(mark));
      break;
    case Verb::set_add:
      remove(place);
      add(std::move(mark));
      told = is_new ? "1" : "0";
      break;
    case Verb::get:
    case Verb::set:
    case Verb::set_until:
    case Verb::set_keeping:
    case Verb::hash_remove:
    case Verb::set_remove:
    case Verb::score_remove:
    case Verb::expire:
    case Verb::persist:
    case Verb::remove:
    case Verb::flush:
    case Verb::set_members:
      core::ensure(false);
  }
  if (kept) claim(key, kept);
  return told;
}

std::string Model::remove_member(const Command& command, KeyIndex key) {
  const Kind wanted = kind_of(command.verb);
  const std::optional<Kind> found = kind(host_, key, now_);
  if (!found) return "0";
  if (*found != wanted) return answers::wrong_type;
  const PlaceIndex place = place_of(key, wanted, command.member);
  if (!present(host_, place)) return "0";
  const std::optional<WallTime> kept = deadline(host_, key, now_);
  remove(place);
  if (!kind(host_, key, now_)) {
    remove(keys_[key].claims);  // with its last member the key goes
  } else if (kept) {
    claim(key, kept);
  }
  return "1";
}

std::string Model::expire(const Command& command, KeyIndex key) {
  if (!kind(host_, key, now_)) return "0";
  if (command.verb == Verb::expire) {
    claim(key, now_ + command.lifetime);
  } else {
    claim(key, std::nullopt);
  }
  return "1";
}

std::string Model::read(const Command& command, KeyIndex key) const {
  const std::optional<Kind> found = kind(host_, key, now_);
  if (!found) return answers::nothing;
  if (*found == Kind::string) return value(host_, keys_[key].string, now_);
  if (command.member.empty()) return std::to_string(count(host_, key, *found));
  for (const PlaceIndex place : keys_[key].places) {
    if (places_[place].kind != *found || places_[place].member != command.member || !present(host_, place)) continue;
    return *found == Kind::set ? "1" : value(host_, place, now_);
  }
  return *found == Kind::set ? "0" : answers::nothing;
}

std::string Model::read_members(KeyIndex key) const {
  const std::optional<Kind> found = kind(host_, key, now_);
  if (!found) return answers::nothing;
  if (*found != Kind::set) return answers::wrong_type;
  std::string text;
  for (const auto& [member, value] : shown(host_, keys_[key].name, now_).members)
    text.append(text.empty() ? "" : " ").append(member);
  return text;
}

std::string Model::flush() {
  if (views_[host_].values > 0) {
    for (KeyIndex key = 0; key < keys_.size(); ++key) remove_key(key);
  }
  return answers::done;
}

std::optional<std::string> Model::removed_by_itself(BytesView name) {
  const KeyIndex key = key_of(name);
  const bool has_claims = present(host_, keys_[key].claims);
  const bool has_data = std::any_of(keys_[key].places.begin(), keys_[key].places.end(), [&](PlaceIndex place) {
    return places_[place].kind != Kind::expiry && present(host_, place);
  });
  const std::optional<WallTime> due = deadline(host_, key, now_);
  remove_key(key);
  if (has_data && (!due || *due > now_)) return "it removed " + Bytes(name) + ", which had not expired";
  if (!has_data && !has_claims) return "it removed " + Bytes(name) + ", where there was nothing";
  return std::nullopt;
}

}  // namespace skerry::simulations

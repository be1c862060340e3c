// What clients were promised, computed naively from what they asked for: every value, increment, member and deadline is
// a mark that stays until a command removes it whose host had seen it.  No dots in cells, no births, no resets, no
// joins, no clocks but for ties.  One space.
//
// The rules are DESIGN §2's; tests/crdt/specification.h says them once more, for short histories.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/hybrid_clock.h"
#include "core/ids.h"
#include "core/time.h"
#include "simulations/operation.h"

namespace skerry::simulations {

using EffectIndex = std::uint32_t;  // 0 is none

class Model {
 public:
  explicit Model(const std::vector<core::ReplicaId>& ids);

  // --- one batch at one host
  void begin(HostIndex host, core::WallTime now);
  // Does the command in the open batch; what the client must be told.
  std::string answer(const Command& command);
  // The replica removes the key by itself.  What is wrong with that: it was neither expired nor just a stray deadline.
  std::optional<std::string> removed_by_itself(core::BytesView key);
  // What the batch did; 0 if it changed nothing, and then no event may have been made.
  EffectIndex end();
  // The registers that the batch left, by encoded address within the space: their stamps are asked for.
  struct Register {
    core::Kind kind;
    core::Bytes key, member;
    std::uint32_t mark;
  };
  std::vector<Register> registers_of(EffectIndex effect) const;
  void stamped(std::uint32_t mark, core::Stamp stamp) { marks_[mark].stamp = stamp; }

  // --- who knows what
  void learn(HostIndex host, EffectIndex effect);
  void forget_all(HostIndex host);

  // --- what readers at the host must see
  struct Shown {
    std::optional<core::Kind> kind;
    std::optional<core::WallTime> deadline;
    std::map<core::Bytes, std::string> members;  // of the visible kind; a string is under ""
    bool operator==(const Shown&) const = default;
  };
  std::vector<core::Bytes> keys() const;
  Shown shown(HostIndex host, core::BytesView key, core::WallTime now) const;
  // How many values, members and deadlines stand side by side there: what the host has seen superseded is not among
  // them, and must not be in its cell (I10).
  std::size_t side_by_side(HostIndex host, const core::Address& address) const;

 private:
  using MarkIndex = std::uint32_t;
  using PlaceIndex = std::uint32_t;
  using KeyIndex = std::uint32_t;
  enum class Part : std::uint8_t { value, increment, presence, claim };

  struct Mark {
    PlaceIndex place = 0;
    Part part = Part::presence;
    HostIndex host = 0;
    core::Stamp stamp{};
    std::int64_t amount = 0;                      // increment; a score's quarters
    core::Bytes text = {};                        // value
    std::optional<core::WallTime> deadline = {};  // value, claim; none: for ever
    std::vector<MarkIndex> over = {};             // claim: the registers its writer had seen
  };
  struct Place {
    KeyIndex key = 0;
    core::Kind kind = core::Kind::string;  // claims are at `expiry`
    core::Bytes member;
  };
  struct Key {
    core::Bytes name;
    std::vector<PlaceIndex> places;
    PlaceIndex string = 0;
    PlaceIndex claims = 0;
  };
  struct Effect {
    std::vector<MarkIndex> added;
    std::vector<MarkIndex> removed;
  };
  struct View {                                 // of one host
    std::vector<std::vector<MarkIndex>> alive;  // by place
    std::vector<bool> removed;                  // by mark
    std::size_t values = 0;                     // alive marks that are no claims
  };

  KeyIndex key_of(core::BytesView name);
  PlaceIndex place_of(KeyIndex key, core::Kind kind, core::BytesView member);
  const std::vector<MarkIndex>& alive(HostIndex host, PlaceIndex place) const { return views_[host].alive[place]; }

  // Changes of the open batch, visible to the host at once.
  void add(Mark mark);
  void remove(PlaceIndex place);
  void remove_key(KeyIndex key);
  void claim(KeyIndex key, std::optional<core::WallTime> deadline);
  void apply_added(HostIndex host, MarkIndex mark);
  void apply_removed(HostIndex host, MarkIndex mark);

  // Commands.
  std::string set(const Command& command, KeyIndex key);
  std::string write(const Command& command, KeyIndex key);
  std::string remove_member(const Command& command, KeyIndex key);
  std::string expire(const Command& command, KeyIndex key);
  std::string read(const Command& command, KeyIndex key) const;
  std::string read_members(KeyIndex key) const;
  std::string flush();

  // What a host sees.
  bool present(HostIndex host, PlaceIndex place) const { return !alive(host, place).empty(); }
  const Mark* winner(HostIndex host, PlaceIndex place, core::WallTime now, MarkIndex* index) const;
  std::optional<core::WallTime> deadline(HostIndex host, KeyIndex key, core::WallTime now) const;
  std::optional<core::Kind> kind(HostIndex host, KeyIndex key, core::WallTime now) const;
  std::string value(HostIndex host, PlaceIndex place, core::WallTime now) const;
  std::size_t count(HostIndex host, KeyIndex key, core::Kind kind) const;

  std::vector<core::ReplicaId> ids_;
  std::map<core::Bytes, KeyIndex, std::less<>> key_indexes_;
  std::vector<Key> keys_;
  std::vector<Place> places_;
  std::vector<Mark> marks_;
  std::vector<Effect> effects_{1};
  std::vector<View> views_;  // by host

  HostIndex host_ = 0;  // of the open batch
  core::WallTime now_{};
  Effect open_;
};

std::string to_text(const Model::Shown& shown);

}  // namespace skerry::simulations

#include "crdt/expiry.h"

#include <algorithm>
#include <vector>

#include "core/ensure.h"
#include "crdt/fault.h"
#include "crdt/string.h"

namespace skerry::crdt {

namespace {

// One candidate for the deadline of a key.
struct Claim {
  std::optional<WallTime> deadline;
  Dot dot;
};

// None is the greatest deadline; the dot decides who is to act on an equal one.
bool later(const Claim& left, const Claim& right) {
  const bool none_is_greatest = !planted(Fault::persist_not_greatest);
  if (left.deadline.has_value() != right.deadline.has_value()) return !left.deadline == none_is_greatest;
  if (left.deadline != right.deadline) return *left.deadline > *right.deadline;
  return left.dot > right.dot;
}

// The claim that wins; nothing if nobody claims anything.
std::optional<Claim> winning_claim(const Cell& registers, const Cell& expiry, WallTime now) {
  std::optional<Claim> winner;
  const auto consider = [&winner](const Claim& claim) {
    if (!winner || later(claim, *winner)) winner = claim;
  };
  const Cell::Entry* visible = winning_register(registers, now);
  bool overridden = false;  // whether a writer of a deadline had seen the register: then the register's own is history
  for (const Cell::Entry& entry : expiry.entries()) {
    const auto payload = parse_payload(entry.payload);
    core::ensure(payload.has_value());
    consider({payload->deadline, entry.dot});
    if (planted(Fault::over_ignored)) continue;
    overridden = overridden ||
                 (visible != nullptr && std::binary_search(payload->over.begin(), payload->over.end(), visible->dot));
  }
  if (visible != nullptr && !overridden) consider({register_deadline(visible->payload), visible->dot});
  return winner;
}

}  // namespace

std::optional<WallTime> effective_deadline(const Cell& registers, const Cell& expiry, WallTime now) {
  const auto claim = winning_claim(registers, expiry, now);
  return claim ? claim->deadline : std::nullopt;
}

std::optional<ReplicaId> deadline_writer(const Cell& registers, const Cell& expiry, WallTime now) {
  const auto claim = winning_claim(registers, expiry, now);
  if (!claim || !claim->deadline) return std::nullopt;
  return claim->dot.replica;
}

void set_deadline(Cell& expiry, const Event& event, std::optional<WallTime> deadline, const Cell& registers) {
  std::vector<Dot> over;
  for (const Cell::Entry& entry : registers.entries()) {
    if (type_of(entry.payload) == PayloadType::register_) over.push_back(entry.dot);
  }
  expiry.supersede_all(event.dot, expiry_payload(event.stamp, deadline, std::move(over)));
}

}  // namespace skerry::crdt

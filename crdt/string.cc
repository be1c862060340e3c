#include "crdt/string.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "core/ensure.h"
#include "crdt/fault.h"

namespace skerry::crdt {

namespace {

using core::ErrorCode;
using core::fail;
using core::Result;

bool is_register(const Cell::Entry& entry) {
  return type_of(entry.payload) == PayloadType::register_;
}
bool is_tally(const Cell::Entry& entry) {
  return type_of(entry.payload) == PayloadType::tally;
}
bool is_resets(const Cell::Entry& entry) {
  return type_of(entry.payload) == PayloadType::resets;
}

// Our own payloads and those that passed check_payload can be taken apart.
Payload parsed(const Cell::Entry& entry) {
  Result<Payload> payload = parse_payload(entry.payload);
  core::ensure(payload.has_value());
  return std::move(*payload);
}

// Wraps around, where a stranger's sums would overflow; honest ones never reach 128 bits.
Sum plus(Sum left, Sum right) {
  __extension__ using Unsigned = unsigned __int128;
  return static_cast<Sum>(static_cast<Unsigned>(left) + static_cast<Unsigned>(right));
}
Sum minus(Sum left, Sum right) {
  __extension__ using Unsigned = unsigned __int128;
  return static_cast<Sum>(static_cast<Unsigned>(left) - static_cast<Unsigned>(right));
}

const Reset* find_reset(const Resets& resets, const ReplicaId& replica, Sequence birth) {
  for (const Reset& reset : resets) {
    if (reset.replica == replica && reset.seen.birth == birth) return &reset;
  }
  return nullptr;
}

// All resets written in the cell, of each tally the latest.
Resets written_resets(const Cell& cell) {
  Resets resets;
  for (const Cell::Entry& entry : cell.entries()) {
    if (has_resets(entry.payload)) add_resets(resets, parsed(entry).resets);
  }
  return resets;
}

// What a SET or DEL writes down: how much it saw of each live tally, and the resets it found.  Those of an older birth
// than a live tally of that replica have done their work: whoever has the new birth knows that the old tally is gone.
Resets resets_after_all(const Cell& cell) {
  Resets resets = planted(Fault::resets_not_carried) ? Resets{} : written_resets(cell);
  for (const Cell::Entry& entry : cell.entries()) {
    if (!is_tally(entry)) continue;
    const Tally tally = parsed(entry).tally;
    add_resets(resets, {{entry.dot.replica, tally}});
    std::erase_if(resets, [&](const Reset& reset) {
      return reset.replica == entry.dot.replica && reset.seen.birth < tally.birth;
    });
  }
  return resets;
}

bool plain(const Cell& cell) {
  return std::all_of(cell.entries().begin(), cell.entries().end(),
                     [](const Cell::Entry& entry) { return is_register(entry) && !has_resets(entry.payload); });
}

bool within(BytesView part, BytesView whole) {
  const std::less<const char*> before;
  return !before(part.data(), whole.data()) && before(part.data(), whole.data() + whole.size());
}

// A number that a cell shows.
struct Total {
  bool integral = false;
  Sum sum = 0;            // if integral
  long double value = 0;  // if not
  long double error = 0;
};

// Nothing if the register is no number: then the tallies wait unseen.
std::optional<Total> total(const Cell::Entry* winner, const Additions& added) {
  const BytesView text = winner != nullptr ? register_value(winner->payload) : "0";
  if (const auto integer = parse_integer(text); integer && !added.fractional) {
    return Total{.integral = true, .sum = plus(*integer, added.sum)};
  }
  const auto base = parse_float(text);
  if (!base) return std::nullopt;
  const long double value = *base + static_cast<long double>(added.sum) + added.fraction;
  return Total{.value = value, .error = added.fraction_error};
}

Bytes print(const Total& total) {
  return total.integral ? print_sum(total.sum) : print_long_double_within(total.value, total.error);
}

const Cell::Entry* own_tally(const Cell& cell, const ReplicaId& replica) {
  for (const Cell::Entry& entry : cell.entries()) {
    const bool ours = entry.dot.replica == replica || planted(Fault::increment_supersedes_foreign_tallies);
    if (ours && is_tally(entry)) return &entry;
  }
  return nullptr;
}

// This replica's tally with another increment, which the caller adds.  A live tally goes on; where it was absorbed, or
// there never was one, a new birth begins: adding to an absorbed one would bring back what the reset had seen.
Tally next_tally(const Cell::Entry* own, const Event& event) {
  Tally tally = own != nullptr ? parsed(*own).tally : Tally{.birth = event.dot.sequence};
  if (planted(Fault::new_birth_with_something_left)) tally.birth = event.dot.sequence;
  tally.count += 1;
  return tally;
}

// Supersedes this replica's own tally and nothing else: registers and the tallies of others stay.
void put_tally(Cell& cell, const Cell::Entry* own, const Event& event, const Tally& tally) {
  if (planted(Fault::increment_supersedes_registers)) {
    cell.supersede_all(event.dot, tally_payload(event.stamp, tally, {}));
  } else if (own == nullptr) {
    cell.insert(event.dot, tally_payload(event.stamp, tally, {}));
  } else {
    const Dot old = own->dot;
    cell.supersede(old, event.dot, tally_payload(event.stamp, tally, parsed(*own).resets));
  }
}

// The integer that INCR adds to.
Result<Sum> integer_shown(const Cell& cell, WallTime now) {
  constexpr auto not_an_integer = "the value is not an integer";
  const Cell::Entry* winner = winning_register(cell, now);
  const Additions added = additions(cell, Fractions::decimals);
  if (!added.any) {
    if (winner == nullptr) return Sum{0};
    const auto integer = parse_integer(register_value(winner->payload));
    if (!integer) return fail(ErrorCode::not_a_number, not_an_integer);
    return Sum{*integer};
  }
  const auto shown = total(winner, added);
  if (!shown) return fail(ErrorCode::not_a_number, not_an_integer);
  if (shown->integral) return shown->sum;
  const auto integer = parse_integer(print(*shown));
  if (!integer) return fail(ErrorCode::not_a_number, not_an_integer);
  return Sum{*integer};
}

void add_fraction(Additions& to, Fractions fractions, double added, double absorbed) {
  // Two infinite sums would be no number, and a ranking with one among its scores has no order.
  constexpr double most = std::numeric_limits<double>::max();
  to.fractional = true;
  switch (fractions) {
    case Fractions::doubles:
      to.fraction = std::clamp(static_cast<double>(to.fraction) + (added - absorbed), -most, most);
      break;
    case Fractions::decimals:
      to.fraction += decimal_of(added) - decimal_of(absorbed);
      to.fraction_error += (std::abs(static_cast<long double>(added)) + std::abs(absorbed)) * 0x1p-52L;
      break;
  }
}

bool fits(Sum value) {
  return value >= std::numeric_limits<std::int64_t>::min() && value <= std::numeric_limits<std::int64_t>::max();
}

}  // namespace

const Cell::Entry* winning_register(const Cell& cell, WallTime now) {
  const Cell::Entry* winner = nullptr;
  const auto rank = [now](const Cell::Entry& entry) {
    const Stamp stamp = stamp_of(entry.payload);
    const Stamp counted = planted(Fault::winner_ignores_stamps) ? Stamp{} : stamp;
    return std::tuple(stamp.wall() <= now + clock_bound, counted, entry.dot);
  };
  for (const Cell::Entry& entry : cell.entries()) {
    if (!is_register(entry)) continue;
    if (winner == nullptr || rank(*winner) < rank(entry)) winner = &entry;
  }
  return winner;
}

std::optional<WallTime> winner_changes_at(const Cell& cell, WallTime now) {
  std::size_t registers = 0;
  std::optional<WallTime> earliest;
  for (const Cell::Entry& entry : cell.entries()) {
    if (!is_register(entry)) continue;
    ++registers;
    const WallTime accepted_at = stamp_of(entry.payload).wall() - clock_bound;
    if (accepted_at > now && (!earliest || accepted_at < *earliest)) earliest = accepted_at;
  }
  return registers > 1 ? earliest : std::nullopt;
}

Additions additions(const Cell& cell, Fractions fractions) {
  Additions added;
  if (std::none_of(cell.entries().begin(), cell.entries().end(), is_tally)) return added;
  const Resets resets = written_resets(cell);
  for (const Cell::Entry& entry : cell.entries()) {
    if (!is_tally(entry)) continue;
    const Tally tally = parsed(entry).tally;
    const Reset* reset = find_reset(resets, entry.dot.replica, tally.birth);
    const Tally absorbed = reset != nullptr ? reset->seen : Tally{};
    if (tally.count <= absorbed.count) continue;
    added.any = !planted(Fault::presence_by_sum) || added.any || tally.sum != absorbed.sum;
    added.sum = plus(added.sum, minus(tally.sum, absorbed.sum));
    if (tally.fraction != 0 || absorbed.fraction != 0)
      add_fraction(added, fractions, tally.fraction, absorbed.fraction);
  }
  return added;
}

bool present(const Cell& cell) {
  return std::any_of(cell.entries().begin(), cell.entries().end(), is_register) ||
         additions(cell, Fractions::doubles).any;
}

std::optional<BytesView> read_string(const Cell& cell, WallTime now, Bytes& scratch) {
  const Cell::Entry* winner = winning_register(cell, now);
  const Additions added = additions(cell, Fractions::decimals);
  if (winner == nullptr && !added.any) return std::nullopt;
  const auto shown = added.any ? total(winner, added) : std::nullopt;
  if (!shown) return register_value(winner->payload);
  scratch = print(*shown);
  return scratch;
}

void set_register(Cell& cell, const Event& event, BytesView value, std::optional<WallTime> deadline) {
  const Resets resets = plain(cell) || planted(Fault::set_writes_no_resets) ? Resets{} : resets_after_all(cell);
  if (planted(Fault::set_does_not_supersede)) {
    return cell.insert(event.dot, register_payload(event.stamp, deadline, resets, value));
  }
  if (!cell.empty() && within(value, cell.entries().front().payload)) {
    cell.supersede_all(event.dot, register_payload(event.stamp, deadline, resets, value));
  } else {
    cell.supersede_all_by(event.dot,
                          [&](Bytes& to) { put_register_payload(to, event.stamp, deadline, resets, value); });
  }
}

Result<std::int64_t> increment(Cell& cell, const Event& event, std::int64_t by, WallTime now) {
  const Result<Sum> shown = integer_shown(cell, now);
  if (!shown) return tl::make_unexpected(shown.error());
  if (!fits(*shown) || !fits(*shown + by)) return fail(ErrorCode::overflow, "the result is beyond 64 bits");
  const Cell::Entry* own = own_tally(cell, event.dot.replica);
  Tally tally = next_tally(own, event);
  tally.sum = plus(tally.sum, by);
  put_tally(cell, own, event, tally);
  return static_cast<std::int64_t>(*shown + by);
}

Result<Bytes> increment_float(Cell& cell, const Event& event, long double by, WallTime now) {
  constexpr auto infinite = "the result is infinite or no number";
  const auto before = total(winning_register(cell, now), additions(cell, Fractions::decimals));
  if (!before) return fail(ErrorCode::not_a_number, "the value is not a float");
  const Cell::Entry* own = own_tally(cell, event.dot.replica);
  Tally tally = next_tally(own, event);
  tally.fraction = static_cast<double>(decimal_of(tally.fraction) + by);
  const long double base = before->integral ? static_cast<long double>(before->sum) : before->value;
  if (!std::isfinite(tally.fraction) || !std::isfinite(base + by)) return fail(ErrorCode::overflow, infinite);
  put_tally(cell, own, event, tally);
  return print(*total(winning_register(cell, now), additions(cell, Fractions::decimals)));
}

void remove_string(Cell& cell, const Event& event) {
  const Resets resets = resets_after_all(cell);
  if (resets.empty()) {
    cell.clear();
  } else {
    cell.supersede_all(event.dot, resets_payload(event.stamp, resets));
  }
}

// Each tally becomes a reset: the replica instead of the head, a few bytes more.
std::size_t reset_bytes_max(const Cell& cell) {
  std::size_t bytes = 32;
  for (const Cell::Entry& entry : cell.entries()) {
    if (!is_tally(entry) && !has_resets(entry.payload)) continue;
    bytes += entry.payload.size() + sizeof(ReplicaId);
    if (is_register(entry)) bytes -= register_value(entry.payload).size();
  }
  return bytes;
}

bool removable(const Cell& cell) {
  return !std::all_of(cell.entries().begin(), cell.entries().end(), is_resets);
}
bool only_resets(const Cell& cell) {
  return !cell.empty() && !removable(cell);
}
bool holds_resets(const Cell& cell) {
  return std::any_of(cell.entries().begin(), cell.entries().end(), is_resets);
}
bool has_tallies(const Cell& cell) {
  return std::any_of(cell.entries().begin(), cell.entries().end(), is_tally);
}
bool leaves_resets(const Cell& cell) {
  if (planted(Fault::range_forgets_resets_of_registers)) return has_tallies(cell);
  return std::any_of(cell.entries().begin(), cell.entries().end(), [](const Cell::Entry& entry) {
    return is_tally(entry) || (is_register(entry) && has_resets(entry.payload));
  });
}

Bytes score_bytes(double score) {
  Bytes bytes;
  core::put_u64(bytes, std::bit_cast<std::uint64_t>(score));
  return bytes;
}

std::optional<double> read_score(const Cell& cell, WallTime now) {
  const Cell::Entry* winner = winning_register(cell, now);
  const Additions added = additions(cell, Fractions::doubles);
  if (winner == nullptr && !added.any) return std::nullopt;
  const double base = winner != nullptr ? score_of(register_value(winner->payload)).value_or(0) : 0;
  return base + static_cast<double>(added.sum) + static_cast<double>(added.fraction);
}

void set_score(Cell& cell, const Event& event, double score) {
  set_register(cell, event, score_bytes(score), std::nullopt);
}

Result<double> increment_score(Cell& cell, const Event& event, double by, WallTime now) {
  const Cell::Entry* own = own_tally(cell, event.dot.replica);
  Tally tally = next_tally(own, event);
  tally.fraction += by;
  if (!std::isfinite(tally.fraction)) return fail(ErrorCode::overflow, "the resulting score is not a number (NaN)");
  put_tally(cell, own, event, tally);
  // There is one: a live tally counts whatever it sums to.  (Not under Fault::presence_by_sum.)
  return read_score(cell, now).value_or(0);
}

}  // namespace skerry::crdt

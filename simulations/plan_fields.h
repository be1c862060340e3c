// Each field of a plan's parts once: its name in a replay file, its place, and what is accepted there.  The writer and
// the reader of plan_file.cc both walk these lists, so neither can know a field that the other does not.
#pragma once

#include <chrono>

#include "simulations/plan.h"

namespace skerry::simulations::plan_fields {

using namespace std::chrono_literals;

// What a number may be, both included.
template <class Number>
struct Range {
  Number low;
  Number high;
};

// The longest time that a file may name: sums of a few are still far from the end of a Duration.
inline constexpr Duration longest = 24h * 365;
inline constexpr std::chrono::milliseconds clock_off_max = 24h * 3'650;
inline constexpr Range<Duration> any_time{0s, longest};
inline constexpr Range<Duration> delay{0s, 1h};
inline constexpr Range<double> chance{0, 1};
inline constexpr std::size_t hosts_max = 64;
inline constexpr std::uint16_t spaces_max = 16;

template <class Visit>
void visit_plan(Visit&& visit) {
  visit(
      "seed", [](auto& c) -> auto& { return c.seed; }, Range<std::uint64_t>{0, UINT64_MAX});
  visit(
      "duration", [](auto& c) -> auto& { return c.duration; }, any_time);
  visit(
      "topology", [](auto& c) -> auto& { return c.topology; });
  visit(
      "spaces", [](auto& c) -> auto& { return c.spaces; }, Range<std::uint16_t>{1, spaces_max});
  visit(
      "tap_chance", [](auto& c) -> auto& { return c.tap_chance; }, chance);
}

template <class Visit>
void visit_network(Visit&& visit) {
  visit(
      "delay_min", [](auto& n) -> auto& { return n.delay_min; }, delay);
  visit(
      "delay_max", [](auto& n) -> auto& { return n.delay_max; }, delay);
  visit(
      "jitter", [](auto& n) -> auto& { return n.jitter; }, Range<double>{0, 1'000});
  visit(
      "tail_chance", [](auto& n) -> auto& { return n.tail_chance; }, chance);
  visit(
      "tail_max", [](auto& n) -> auto& { return n.tail_max; }, delay);
  visit(
      "loss", [](auto& n) -> auto& { return n.loss; }, chance);
  visit(
      "damage", [](auto& n) -> auto& { return n.damage; }, chance);
  visit(
      "bytes_per_second", [](auto& n) -> auto& { return n.bytes_per_second; },
      Range<std::uint64_t>{0, 1'000'000'000'000});
  visit(
      "one_side_dials", [](auto& n) -> auto& { return n.one_side_dials; });
}

template <class Visit>
void visit_path(Visit&& visit) {
  visit(
      "delay", [](auto& p) -> auto& { return p.delay; }, delay);
  visit(
      "loss", [](auto& p) -> auto& { return p.loss; }, chance);
  visit(
      "bytes_per_second", [](auto& p) -> auto& { return p.bytes_per_second; },
      Range<std::uint64_t>{0, 1'000'000'000'000});
}

template <class Visit>
void visit_host(Visit&& visit) {
  visit(
      "clock_offset", [](auto& h) -> auto& { return h.clock.offset; },
      Range<std::chrono::milliseconds>{-clock_off_max, clock_off_max});
  visit(
      "clock_drift_ppm", [](auto& h) -> auto& { return h.clock.drift_ppm; }, Range<int>{-100'000, 100'000});
  visit(
      "sync_min", [](auto& h) -> auto& { return h.disk.sync_min; }, delay);
  visit(
      "sync_max", [](auto& h) -> auto& { return h.disk.sync_max; }, delay);
  visit(
      "stall_chance", [](auto& h) -> auto& { return h.disk.stall_chance; }, chance);
  visit(
      "stall_max", [](auto& h) -> auto& { return h.disk.stall_max; }, delay);
  visit(
      "ack", [](auto& h) -> auto& { return h.ack; });
  visit(
      "cache_bytes", [](auto& h) -> auto& { return h.cache_bytes; }, Range<std::size_t>{0, 1 << 30});
  visit(
      "chunk_events", [](auto& h) -> auto& { return h.chunk_events; }, Range<std::size_t>{1, 1 << 20});
  visit(
      "joins_at", [](auto& h) -> auto& { return h.joins_at; }, any_time);
}

template <class Visit>
void visit_fault(Visit&& visit) {
  visit(
      "at", [](auto& f) -> auto& { return f.at; }, any_time);
  visit(
      "kind", [](auto& f) -> auto& { return f.kind; });
  visit(
      "host", [](auto& f) -> auto& { return f.host; }, Range<HostIndex>{0, hosts_max - 1});
  visit(
      "other", [](auto& f) -> auto& { return f.other; }, Range<HostIndex>{0, hosts_max - 1});
  visit(
      "lasts", [](auto& f) -> auto& { return f.lasts; }, any_time);
  // Milliseconds of a clock step; else how often or how much slower.
  visit(
      "amount", [](auto& f) -> auto& { return f.amount; }, Range<std::int64_t>{-(longest / 1ms), longest / 1ms});
  visit(
      "noticed", [](auto& f) -> auto& { return f.noticed; });
}

template <class Visit>
void visit_operation(Visit&& visit) {
  visit(
      "at", [](auto& o) -> auto& { return o.at; }, any_time);
  visit(
      "host", [](auto& o) -> auto& { return o.host; }, Range<HostIndex>{0, hosts_max - 1});
  visit(
      "space", [](auto& o) -> auto& { return o.space.number; }, Range<std::uint16_t>{0, spaces_max - 1});
}

template <class Visit>
void visit_command(Visit&& visit) {
  visit(
      "verb", [](auto& c) -> auto& { return c.verb; });
  visit(
      "key", [](auto& c) -> auto& { return c.key; });
  visit(
      "member", [](auto& c) -> auto& { return c.member; });
  visit(
      "value", [](auto& c) -> auto& { return c.value; });
  visit(
      "amount", [](auto& c) -> auto& { return c.amount; }, Range<std::int64_t>{INT64_MIN, INT64_MAX});
  visit(
      "lifetime", [](auto& c) -> auto& { return c.lifetime; },
      Range<std::chrono::milliseconds>{-clock_off_max, clock_off_max});
}

}  // namespace skerry::simulations::plan_fields

// Directed schedules: the counterexamples of the model check that streams can show, and what else is easy to get wrong.
// Each takes a cluster through a history; the cluster says whether anything was wrong.
#pragma once

#include <vector>

#include "tests/sync/cluster.h"

namespace skerry::sync {

// a sends what it has to b, and b answers, as often as it takes; nothing else moves.
inline void settle(Cluster& cluster, std::size_t a, std::size_t b) {
  for (int round = 0; round < 20; ++round) {
    for (const std::size_t i : {a, b}) {
      cluster.end_turn(i);
      cluster.sync(i);
    }
    cluster.deliver_all(a, b);
    cluster.deliver_all(b, a);
  }
}

// Frames of `from` are on their way to `to`.
inline void send(Cluster& cluster, std::size_t from) {
  cluster.end_turn(from);
  cluster.sync(from);
}

// A, B and C have sessions with each other, know that, and therefore leave events to their origins.
inline void meet(Cluster& cluster) {
  for (const auto& [a, b] : {std::pair{0, 1}, {1, 2}, {0, 2}}) cluster.connect(a, b);
  for (int i = 0; i < 2; ++i) {
    settle(cluster, 0, 1);
    settle(cluster, 1, 2);
    settle(cluster, 0, 2);
    cluster.pass(200ms);
  }
}

// 1 A removal overtakes its victim: B's addition is on its way to C when B clears the key; C hears of the removal
// first, through A, and of the addition later.
inline void range_overtakes_its_victim(Cluster& cluster) {
  cluster.connect(0, 1);
  settle(cluster, 0, 1);
  cluster.connect(1, 2);
  settle(cluster, 1, 2);
  cluster.add(1, "k", "x");
  send(cluster, 1);  // to A and C; C's copy is late
  cluster.deliver_all(1, 0);
  cluster.clear(1, "k");
  send(cluster, 1);
  cluster.deliver_all(1, 0);
  cluster.connect(0, 2);
  settle(cluster, 0, 2);
  cluster.deliver_all(1, 2);
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
}

// 8 An effect without its event.  C adds x, and B, which has seen it, clears the key; A adds x too, hears of both, and
// leaves B's removal to B when it tells C of its own addition.  The cell that it carries shows the removal, so the
// removal must come along.
inline void effect_without_event(Cluster& cluster) {
  cluster.connect(0, 1);
  cluster.connect(1, 2);
  for (int i = 0; i < 3; ++i) {
    settle(cluster, 0, 1);
    settle(cluster, 1, 2);
    cluster.pass(200ms);
  }
  cluster.add(2, "k", "x");
  settle(cluster, 1, 2);
  cluster.add(0, "k", "x");
  cluster.clear(1, "k");
  send(cluster, 1);  // to A; C's copy is late
  cluster.deliver_all(1, 0);
  cluster.connect(0, 2);
  send(cluster, 0);
  cluster.deliver_all(0, 2);
  send(cluster, 2);
  cluster.deliver_all(2, 0);  // Hello, and that C has a session with B
  send(cluster, 0);
  cluster.deliver_all(0, 2);
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
}

// 9 A receiver whose disk is that of last week.  What it has lost is no longer what its peers have to tell it about,
// unless they believe what it says now and not what it said then.
inline void receiver_comes_back_from_last_week(Cluster& cluster) {
  meet(cluster);
  const MemoryStore last_week = cluster.store(2);
  cluster.add(1, "k", "x");
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
  cluster.clear(1, "k");
  cluster.add(1, "k", "y");
  send(cluster, 1);
  cluster.come_back(2, last_week);
  cluster.connect(1, 2);
  settle(cluster, 1, 2);
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
}

// A replica in the middle knows of both sides' concurrent writes to one cell and passes them on in pieces.
inline void concurrent_writes_through_a_relay(Cluster& cluster) {
  cluster.add(0, "k", "x");
  cluster.add(2, "k", "x");
  cluster.connect(0, 1);
  settle(cluster, 0, 1);
  cluster.add(0, "k", "x");
  cluster.connect(1, 2);
  settle(cluster, 1, 2);
  cluster.remove(2, "k", "x");
  cluster.disconnect(0, 1);
  settle(cluster, 1, 2);
  cluster.heal({{0, 1}, {1, 2}});
}

// The relay leaves B's events to B; B's session with C is lost before they arrive; then it is the relay's turn.
inline void origin_is_lost_on_the_way(Cluster& cluster) {
  meet(cluster);
  cluster.add(1, "k", "x");
  send(cluster, 1);
  cluster.deliver_all(1, 0);
  settle(cluster, 0, 2);
  cluster.disconnect(1, 2);
  cluster.heal({{0, 1}, {0, 2}});
}

// Another replica's write to the same cell came in the turn in which we wrote; its origin brings it, but our cell shows
// it all the same.
inline void skipped_write_shows_in_a_carried_cell(Cluster& cluster) {
  meet(cluster);
  cluster.add(1, "k", "x");
  cluster.add(1, "l", "y");
  send(cluster, 1);
  cluster.add(0, "k", "x");
  cluster.deliver_all(1, 0);
  cluster.sync(0);
  cluster.deliver_all(0, 2);
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
}

// The same, but the other write is known, and was superseded by ours.
inline void superseded_write_is_on_its_way(Cluster& cluster) {
  meet(cluster);
  cluster.add(1, "k", "x");
  send(cluster, 1);
  cluster.deliver_all(1, 0);
  cluster.add(0, "k", "x");
  send(cluster, 0);
  cluster.deliver_all(0, 2);
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
}

// Of another replica's batch one event is at a cell that we carry.
inline void batch_is_covered_in_part(Cluster& cluster) {
  meet(cluster);
  cluster.write(1, "k", [](auto writer) { return writer.set_add("x") && writer.set_add("y"); });
  send(cluster, 1);
  cluster.add(0, "k", "x");
  cluster.deliver_all(1, 0);
  cluster.sync(0);
  cluster.deliver_all(0, 2);
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
}

// A removal is told after its sender has seen an addition that the removal had not.
inline void removal_is_sent_after_an_addition(Cluster& cluster) {
  meet(cluster);
  cluster.add(0, "k", "x");
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
  cluster.add(2, "k", "z");
  send(cluster, 2);
  cluster.deliver_all(2, 1);
  cluster.clear(0, "k");
  cluster.deliver_all(2, 0);
  cluster.sync(0);
  cluster.deliver_all(0, 1);
  cluster.heal({{0, 1}, {1, 2}, {0, 2}});
}

// A has a long way to go, and sends B a piece of its past; by then it has heard of B's own write at that address.  The
// cell of the past does not show it, and says nothing about it.
inline void concurrent_write_beyond_a_slice_of_the_past(Cluster& cluster) {
  cluster.add(0, "k", "x");
  send(cluster, 0);
  cluster.add(0, "l", "y");
  send(cluster, 0);
  cluster.add(1, "k", "x");
  cluster.connect(0, 1);
  send(cluster, 0);
  send(cluster, 1);
  cluster.deliver_all(0, 1);
  send(cluster, 1);
  cluster.deliver_all(1, 0);  // Hello and the write, in one turn
  send(cluster, 0);
  cluster.deliver(0, 1);
  cluster.heal({{0, 1}, {1, 2}});
}

// What was refused is sent again, and what was lost with a session as well.
inline void refused_and_sent_again(Cluster& cluster) {
  meet(cluster);
  cluster.add(1, "k", "x");
  send(cluster, 1);
  cluster.deliver_all(1, 0);
  cluster.add(0, "l", "y");
  send(cluster, 0);
  cluster.deliver_all(0, 2);
  cluster.pass(1s);  // and nothing from B
  cluster.sync(2);
  cluster.deliver_all(2, 0);
  cluster.disconnect(1, 2);
  cluster.heal({{0, 1}, {0, 2}});
}

// What a crash takes must not have been told to anybody.
inline void crash_before_the_disk(Cluster& cluster) {
  cluster.connect(0, 1);
  settle(cluster, 0, 1);
  cluster.add(0, "k", "x");
  cluster.end_turn(0);
  cluster.deliver_all(0, 1);
  cluster.crash(0, 0);
  cluster.heal({{0, 1}, {1, 2}});
}

// A long history, sent in slices from the past, while it goes on.
inline void catch_up_while_writes_go_on(Cluster& cluster) {
  for (int i = 0; i < 12; ++i) {
    cluster.add(0, "k", i % 2 == 0 ? "x" : "y");
    if (i % 5 == 4) cluster.clear(0, "k");
    cluster.end_turn(0);
    cluster.sync(0);
  }
  cluster.connect(0, 1);
  cluster.deliver_all(0, 1);
  cluster.deliver_all(1, 0);
  for (int i = 0; i < 6; ++i) {
    cluster.remove(0, "k", "x");
    cluster.add(0, "k", "x");
    send(cluster, 0);
    cluster.deliver(0, 1);
    cluster.pass(1ms);
  }
  cluster.heal({{0, 1}, {1, 2}});
}

struct Schedule {
  const char* name;
  void (*run)(Cluster&);
};

inline const std::vector<Schedule>& schedules() {
  static const std::vector<Schedule> all = {
      {"range_overtakes_its_victim", range_overtakes_its_victim},
      {"effect_without_event", effect_without_event},
      {"receiver_comes_back_from_last_week", receiver_comes_back_from_last_week},
      {"concurrent_writes_through_a_relay", concurrent_writes_through_a_relay},
      {"origin_is_lost_on_the_way", origin_is_lost_on_the_way},
      {"skipped_write_shows_in_a_carried_cell", skipped_write_shows_in_a_carried_cell},
      {"superseded_write_is_on_its_way", superseded_write_is_on_its_way},
      {"batch_is_covered_in_part", batch_is_covered_in_part},
      {"removal_is_sent_after_an_addition", removal_is_sent_after_an_addition},
      {"concurrent_write_beyond_a_slice_of_the_past", concurrent_write_beyond_a_slice_of_the_past},
      {"refused_and_sent_again", refused_and_sent_again},
      {"crash_before_the_disk", crash_before_the_disk},
      {"catch_up_while_writes_go_on", catch_up_while_writes_go_on},
  };
  return all;
}

}  // namespace skerry::sync

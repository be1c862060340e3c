// Random schedules of a cluster: writes of every kind, sessions that come and go, frames that overtake each other,
// crashes, disks that lag.  Everything is decided by the seed.
#pragma once

#include <string>
#include <vector>

#include "sync/limits.h"
#include "tests/sync/cluster.h"

namespace skerry::sync {

enum class Topology { mesh, line, hub };

struct WalkOptions {
  std::uint64_t seed = 1;
  std::size_t replicas = 3;
  Topology topology = Topology::mesh;
  int steps = 80;
  ChunkAims aims{};
  bool crashes = true;
};

struct WalkResult {
  std::optional<std::string> violation;
  core::Digest128 trace{};
  std::uint64_t chunks = 0, refusals = 0, events = 0;
};

class Walk {
 public:
  explicit Walk(const WalkOptions& options)
      : options_(options),
        cluster_({.seed = options.seed, .replicas = options.replicas, .aims = options.aims}),
        random_(cluster_.random()) {
    for (std::size_t a = 0; a < options.replicas; ++a) {
      for (std::size_t b = a + 1; b < options.replicas; ++b) {
        const bool in_line = b == a + 1;
        const bool at_hub = a == 0;
        if (options.topology == Topology::mesh || (options.topology == Topology::line ? in_line : at_hub))
          edges_.emplace_back(a, b);
      }
    }
  }

  WalkResult run() {
    for (const auto& [a, b] : edges_) cluster_.connect(a, b);
    if (random_.chance(0.7)) cluster_.heal(edges_);
    if (random_.chance(0.7)) meet();
    for (int i = 0; i < options_.steps && !cluster_.violation(); ++i) step();
    if (random_.chance(0.5)) keep_a_tree();
    if (!cluster_.violation()) cluster_.heal(edges_);
    WalkResult result;
    result.violation = cluster_.violation();
    if (!result.violation && cluster_.dump(0) != cluster_.record().function_of(all_that_survived()))
      result.violation = "the replicas agree, but not with the record";
    result.trace = cluster_.trace_digest();
    result.events = cluster_.record().size();
    for (std::size_t i = 0; i < cluster_.size(); ++i) {
      for (const LinkReport& report : cluster_.replica(i).links(cluster_.now())) {
        result.chunks += report.chunks_sent;
        result.refusals += report.refusals_sent;
      }
    }
    return result;
  }

 private:
  // All hear who has a session with whom, so that they leave events to their origins.
  void meet() {
    cluster_.pass(state_every);
    cluster_.heal(edges_);
    cluster_.pass(state_every);
    cluster_.heal(edges_);
  }

  Record::Bits all_that_survived() const {
    Record::Bits bits;
    for (std::size_t i = 0; i < cluster_.record().size(); ++i) bits[i] = !cluster_.record().lost()[i];
    return bits;
  }

  // Only so many sessions heal as are needed to reach everyone.
  void keep_a_tree() {
    std::vector<std::size_t> island(cluster_.size());
    for (std::size_t i = 0; i < island.size(); ++i) island[i] = i;
    std::vector<std::pair<std::size_t, std::size_t>> kept;
    const std::size_t first = random_.below(edges_.size());
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      const auto [a, b] = edges_[(first + i) % edges_.size()];
      if (island[a] == island[b]) {
        cluster_.disconnect(a, b);
        continue;
      }
      kept.emplace_back(a, b);
      const std::size_t joined = island[b];
      for (std::size_t& each : island) each = each == joined ? island[a] : each;
    }
    edges_ = kept;
  }

  std::size_t any_replica() { return random_.below(cluster_.size()); }

  void step() {
    const std::uint64_t choice = random_.below(100);
    const auto& [a, b] = edges_[random_.below(edges_.size())];
    if (choice < 32) return write(any_replica());
    if (choice < 72) {
      const bool back = random_.chance(0.5);
      return cluster_.deliver(back ? b : a, back ? a : b, 1 + random_.below(3));
    }
    if (choice < 78) return cluster_.sync(any_replica());
    if (choice < 84) return cluster_.sync_one(any_replica());
    if (choice < 87) return cluster_.end_turn(any_replica());
    if (choice < 89) return cluster_.flush_moves(any_replica());
    if (choice < 93) return cluster_.pass(1ms * static_cast<std::int64_t>(1 + random_.below(150)));
    if (choice < 97) return cluster_.connected(a, b) ? cluster_.disconnect(a, b) : cluster_.connect(a, b);
    if (choice < 98 && options_.crashes) return cluster_.crash(any_replica(), random_.below(3));
    cluster_.connect(a, b);
  }

  void write(std::size_t i) {
    const std::uint64_t commands = random_.chance(0.7) ? 1 : 2 + random_.below(3);
    cluster_.transact(i, [&](Transaction& transaction) {
      for (std::uint64_t command = 0; command < commands; ++command) this->command(transaction);
    });
    if (random_.chance(0.8)) cluster_.end_turn(i);
    if (random_.chance(0.5)) cluster_.sync(i);
  }

  // What a command answers does not matter here: on a key of another kind it does nothing.
  void command(Transaction& transaction) {
    const std::uint64_t choice = random_.below(24);
    if (choice == 0) return static_cast<void>(transaction.remove_all());
    auto key = transaction.key(random_.chance(0.5) ? "k" : "l");
    core::ensure(key.has_value());
    const core::BytesView member = random_.chance(0.5) ? "x" : "y";
    const auto amount = static_cast<std::int64_t>(random_.below(5)) - 2;
    auto writer = key->write();
    if (choice < 7) return static_cast<void>(writer.set_add(member));
    if (choice < 10) return static_cast<void>(writer.set_remove(member));
    if (choice < 13) return static_cast<void>(writer.remove());
    if (choice < 14) return static_cast<void>(writer.set(std::to_string(amount), {}));
    if (choice < 17) return static_cast<void>(writer.increment(amount));
    if (choice < 18) return static_cast<void>(writer.hash_set(member, "v"));
    if (choice < 20) return static_cast<void>(writer.hash_increment(member, amount));
    if (choice < 21) return static_cast<void>(writer.hash_remove(member));
    if (choice < 22) return static_cast<void>(writer.sorted_set_add(member, 1.5));
    if (choice < 23) return static_cast<void>(writer.sorted_set_increment(member, 2));
    static_cast<void>(writer.sorted_set_remove(member));
  }

  WalkOptions options_;
  Cluster cluster_;
  core::Random& random_;
  std::vector<std::pair<std::size_t, std::size_t>> edges_;
};

inline WalkResult walk(const WalkOptions& options) {
  return Walk(options).run();
}

}  // namespace skerry::sync

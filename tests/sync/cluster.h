// Some replicas over disks in memory, and a network that delays, loses sessions and lets messages on different
// sessions overtake each other.  Time is virtual, chance is a seed: the same seed gives the same trace (I12).
// After every step the replica that moved is compared with an omniscient record.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/digest.h"
#include "core/random.h"
#include "sync/memory_store.h"
#include "sync/replica.h"
#include "tests/sync/record.h"

namespace skerry::sync {

class Cluster {
 public:
  static constexpr core::Space space{3};

  struct Options {
    std::uint64_t seed = 1;
    std::size_t replicas = 3;
    ChunkAims aims{};
    bool check_each_step = true;
  };

  explicit Cluster(const Options& options) : options_(options), random_(options.seed) {
    for (std::size_t i = 0; i < options.replicas; ++i) {
      hosts_.push_back(std::make_unique<Host>());
      for (std::uint8_t& byte : hosts_[i]->id.bytes) byte = static_cast<std::uint8_t>(random_.next());
      load(i);
    }
  }

  core::Random& random() { return random_; }
  std::size_t size() const { return hosts_.size(); }
  Replica& replica(std::size_t i) { return *hosts_[i]->replica; }
  MemoryStore& store(std::size_t i) { return hosts_[i]->store; }
  const ReplicaId& id(std::size_t i) const { return hosts_[i]->id; }
  const Record& record() const { return record_; }
  Now now() const { return {now_, core::from_unix_milliseconds(1'700'000'000'000 + now_.time_since_epoch() / 1ms)}; }
  // The first thing that was wrong anywhere.
  const std::optional<std::string>& violation() const { return violation_; }
  const SpaceState& state(std::size_t i) { return replica(i).keyspace().state(space); }
  Dump dump(std::size_t i) { return dump_of(replica(i).keyspace(), space); }

  // --- clients: f(Transaction&) is one batch.  The turn goes on.
  template <class F>
  void transact(std::size_t i, F&& f) {
    const Dump before = dump(i);
    const Position from = state(i).log.end();
    const Record::Bits past = record_.bits_of(state(i).context);
    {
      Transaction transaction = replica(i).begin(space, now());
      std::forward<F>(f)(transaction);
    }
    record_.minted(state(i).log, from, before, dump(i), past);
    check(i);
  }
  // The short words of the tests.
  void add(std::size_t i, core::BytesView key, core::BytesView member) {
    write(i, key, [&](auto writer) { return writer.set_add(member).has_value(); });
  }
  void remove(std::size_t i, core::BytesView key, core::BytesView member) {
    write(i, key, [&](auto writer) { return writer.set_remove(member).has_value(); });
  }
  void clear(std::size_t i, core::BytesView key) {
    write(i, key, [&](auto writer) { return writer.remove().has_value(); });
  }
  template <class F>
  void write(std::size_t i, core::BytesView key, F&& f) {
    transact(i, [&](Transaction& transaction) {
      auto access = transaction.key(key);
      core::ensure(access.has_value());
      core::ensure(f(access->write()));
    });
  }
  bool contains(std::size_t i, core::BytesView key, core::BytesView member) {
    Transaction transaction = replica(i).begin(space, now());
    auto access = transaction.key(key);
    return access && access->kind() == Kind::set && access->contains(member).value();
  }

  // --- the turn of a loop
  void end_turn(std::size_t i) {
    Host& host = *hosts_[i];
    for (Held<Frame>& held : host.replica->take_output(now()).append_to(host.store))
      host.held.push_back(std::move(held));
    release(i);
  }
  // The disk catches up: by one segment, or all.
  void sync_one(std::size_t i) {
    hosts_[i]->store.sync_one();
    moved(i);
  }
  void sync(std::size_t i) {
    hosts_[i]->store.sync();
    moved(i);
  }
  void flush_moves(std::size_t i) {
    Host& host = *hosts_[i];
    if (!host.store.flushing()) return;
    if (random_.chance(0.5)) host.store.write_flush();
    if (random_.chance(0.5)) host.store.complete_flush();
    moved(i);
  }
  void pass(core::Duration time) {
    now_ += time;
    for (std::size_t i = 0; i < size(); ++i) {
      if (replica(i).wake_at() > now_) continue;
      replica(i).wake(now());
      end_turn(i);
    }
  }

  // --- the network
  bool connected(std::size_t a, std::size_t b) const { return sessions_.contains(ends(a, b)); }
  void connect(std::size_t a, std::size_t b) {
    if (connected(a, b)) return;
    Session& session = sessions_[ends(a, b)];
    session.link = {++last_link_};
    for (const std::size_t end : {a, b}) {
      replica(end).peer_found(now(), session.link, {space});
      end_turn(end);
    }
  }
  // Both sides notice at once; what was on its way is lost.
  void disconnect(std::size_t a, std::size_t b) {
    const auto found = sessions_.find(ends(a, b));
    if (found == sessions_.end()) return;
    const LinkId link = found->second.link;
    sessions_.erase(found);
    for (const std::size_t end : {a, b}) {
      replica(end).peer_lost(now(), link);
      end_turn(end);
    }
  }
  std::size_t waiting(std::size_t from, std::size_t to) const {
    const auto found = sessions_.find(ends(from, to));
    return found == sessions_.end() ? 0 : found->second.frames[from > to].size();
  }
  // The oldest frames from one to the other arrive in one turn, as far as there are any.  The session ends if the
  // receiver says so.
  void deliver(std::size_t from, std::size_t to, std::size_t count = 1) {
    for (; count > 0 && waiting(from, to) > 0; --count) {
      Session& session = sessions_.at(ends(from, to));
      std::deque<core::Bytes>& frames = session.frames[from > to];
      const core::Bytes frame = std::move(frames.front());
      frames.pop_front();
      trace(frame);
      const core::Result<void> received = replica(to).receive(now(), session.link, space, frame);
      if (!received) {
        complain(to, "refused a frame: " + received.error().detail);
        return disconnect(from, to);
      }
      check(to);
    }
    end_turn(to);
  }
  void deliver_all(std::size_t from, std::size_t to) { deliver(from, to, waiting(from, to)); }
  // Time passes on a network whose frames all take as long as this, one way; disks are quick, and loops are idle.
  void travel(core::Duration one_way) {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> on_their_way;
    for (const auto& [ends, session] : sessions_) {
      on_their_way[{ends.low, ends.high}] = session.frames[0].size();
      on_their_way[{ends.high, ends.low}] = session.frames[1].size();
      for (const std::size_t end : {ends.low, ends.high}) replica(end).round_trip(session.link, 2 * one_way);
    }
    pass(one_way);
    for (const auto& [way, frames] : on_their_way) deliver(way.first, way.second, frames);
    for (std::size_t i = 0; i < size(); ++i) {
      sync(i);
      for (int turn = 0; turn < 1'000 && replica(i).wake_at() <= now_; ++turn) {
        replica(i).wake(now());
        end_turn(i);
        sync(i);
      }
    }
  }

  // Power is lost and comes back; of the segments that were not durable the first `kept` are there all the same.
  void crash(std::size_t i, std::size_t kept) {
    lose_sessions(i);
    hosts_[i]->replica.reset();
    hosts_[i]->store.crash(kept);
    const Lsn durable = hosts_[i]->store.durable_to();
    for (std::size_t event = 0; event < record_.size(); ++event) {
      if (record_.dot(event).replica != id(i) || record_.lsn(event) <= durable || record_.lost()[event]) continue;
      record_.lose(event);
      for (std::size_t other = 0; other < size(); ++other) {
        if (other != i && state(other).context.contains(record_.dot(event)))
          complain(other, "knows an event that was lost with its origin (I2)");
      }
    }
    load(i);
  }
  // The replica starts again from an older image of its disk.  REQUIRES that it has written nothing since: whoever has,
  // must come back under another id (I1).
  void come_back(std::size_t i, MemoryStore image) {
    lose_sessions(i);
    hosts_[i]->replica.reset();
    hosts_[i]->store = std::move(image);
    load(i);
  }

  // --- the end: everything heals, and then all is quiet within a bounded time (I11).
  void heal(const std::vector<std::pair<std::size_t, std::size_t>>& topology) {
    for (const auto& [a, b] : topology) connect(a, b);
    for (int round = 0; round < 400; ++round) {
      bool quiet = true;
      for (std::size_t i = 0; i < size(); ++i) {
        end_turn(i);
        sync(i);
        end_turn(i);
        sync(i);
      }
      for (const auto& [a, b] : topology) {
        quiet = quiet && waiting(a, b) == 0 && waiting(b, a) == 0;
        deliver_all(a, b);
        deliver_all(b, a);
      }
      if (quiet && agree()) return;
      pass(50ms);
    }
    complain(0, "the replicas do not agree in the end");
  }
  bool agree() {
    for (std::size_t i = 1; i < size(); ++i) {
      if (state(i).context != state(0).context || dump(i) != dump(0)) return false;
    }
    return true;
  }

  // A digest of every frame that was delivered and of the cells now.
  core::Digest128 trace_digest() {
    for (std::size_t i = 0; i < size(); ++i) {
      for (const auto& [address, cell] : dump(i)) {
        trace(address);
        for (const crdt::Cell::Entry& entry : cell.entries()) trace(entry.payload);
      }
    }
    return trace_;
  }

  void complain(std::size_t i, const std::string& what) {
    if (!violation_) violation_ = "replica " + std::to_string(i) + ": " + what;
  }
  void check(std::size_t i) {
    if (!options_.check_each_step || violation_) return;
    if (const auto& failure = replica(i).failure()) return complain(i, failure->detail);
    if (const auto wrong = record_.wrong(dump(i), state(i).context, state(i).log)) complain(i, *wrong);
  }

 private:
  struct Host {
    ReplicaId id;
    MemoryStore store{MemoryStore::Mode::by_hand};
    std::unique_ptr<Replica> replica;
    std::deque<Held<Frame>> held;
  };
  struct Ends {
    std::size_t low, high;
    auto operator<=>(const Ends&) const = default;
  };
  struct Session {
    LinkId link;
    std::deque<core::Bytes> frames[2];  // from the low end, from the high end
  };
  static Ends ends(std::size_t a, std::size_t b) { return {std::min(a, b), std::max(a, b)}; }

  void lose_sessions(std::size_t i) {
    for (std::size_t other = 0; other < size(); ++other) {
      if (other == i) continue;
      const auto session = sessions_.find(ends(i, other));
      if (session == sessions_.end()) continue;
      const LinkId link = session->second.link;
      sessions_.erase(session);
      replica(other).peer_lost(now(), link);
      end_turn(other);
    }
    hosts_[i]->held.clear();
  }

  void load(std::size_t i) {
    Host& host = *hosts_[i];
    auto loaded = Replica::load(host.store, {host.id, 1 << 20, random_.next(), options_.aims}, now());
    core::ensure(loaded.has_value());
    host.replica = std::move(*loaded);
    const EventLog& log = state(i).log;
    const Record::Bits past = record_.bits_of(state(i).context);
    for (Position position = log.first(); position < log.end(); ++position) {
      const bool is_ours = log.dot_at(position).replica == host.id && log.type_at(position) == EventType::void_;
      if (is_ours && log.lsn_at(position) > host.store.durable_to()) record_.minted_at_load(log, position, past);
    }
    end_turn(i);
    check(i);
  }

  void moved(std::size_t i) {
    hosts_[i]->replica->store_moved(now());
    end_turn(i);
  }

  // Frames leave in order, each as soon as the disk allows it.
  void release(std::size_t i) {
    Host& host = *hosts_[i];
    while (!host.held.empty() && host.held.front().opens(host.store.durable_to())) {
      Frame frame = *std::move(host.held.front()).open(host.store.durable_to());
      host.held.pop_front();
      for (auto& [ends, session] : sessions_) {
        if (session.link == frame.to) session.frames[i == ends.high].push_back(std::move(frame.bytes));
      }
    }
  }

  void trace(core::BytesView bytes) {
    core::Bytes all(trace_.begin(), trace_.end());
    all.append(bytes);
    trace_ = core::digest(all);
  }

  Options options_;
  core::Random random_;
  core::Instant now_{1s};
  std::vector<std::unique_ptr<Host>> hosts_;
  std::map<Ends, Session> sessions_;
  std::uint64_t last_link_ = 0;
  Record record_;
  std::optional<std::string> violation_;
  core::Digest128 trace_{};
};

}  // namespace skerry::sync

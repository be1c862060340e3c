// A replica with some state, and peers that are not to be trusted: for fuzzing Replica::receive, and for writing the
// honest conversations that it begins with.  Time is virtual, disks are in memory and quick; the same input does the
// same.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ensure.h"
#include "sync/frames.h"
#include "sync/memory_store.h"
#include "sync/replica.h"
#include "sync/wire.h"
#include "tests/sync/record.h"

namespace skerry::sync {

// One command on a key; what it answers does not matter here.
template <class F>
void command(Transaction& transaction, core::BytesView key, F&& f) {
  auto access = transaction.key(key);
  core::ensure(access.has_value());
  static_cast<void>(f(access->write()));
}

class World {
 public:
  static constexpr core::Space space{3};

  struct Host {
    ReplicaId id;
    MemoryStore store{MemoryStore::Mode::automatic};
    std::unique_ptr<Replica> replica;
  };

  // The state: events of our own and of a peer that is gone, of every type and kind.
  World() {
    Host gone;
    start(ours, 0xa1);
    start(gone, 0xc3);
    transact(gone, [](Transaction& all) {
      command(all, "set", [](auto key) { return key.set_add("x"); });
      command(all, "set", [](auto key) { return key.set_add("y"); });
    });
    transact(ours, [](Transaction& all) { command(all, "set", [](auto key) { return key.set_add("x"); }); });
    meet(ours, gone);
    transact(ours, [](Transaction& all) {
      command(all, "string", [](auto key) { return key.set("value", {}); });
      command(all, "count", [](auto key) { return key.increment(7); });
    });
    transact(ours, [](Transaction& all) { command(all, "set", [](auto key) { return key.set_remove("y"); }); });
    transact(ours, [](Transaction& all) { command(all, "hash", [](auto key) { return key.hash_set("f", "v"); }); });
    transact(ours, [](Transaction& all) { command(all, "hash", [](auto key) { return key.remove(); }); });
    transact(ours,
             [](Transaction& all) { command(all, "sorted", [](auto key) { return key.sorted_set_add("m", 1.5); }); });
  }

  Now now() const { return {now_, core::from_unix_milliseconds(1'700'000'000'000 + now_.time_since_epoch() / 1ms)}; }
  void pass(core::Duration time) { now_ += time; }

  void start(Host& host, std::uint8_t name) {
    // Like any 16 bytes of chance: they are not found by trying.
    for (std::size_t i = 0; i < host.id.bytes.size(); ++i)
      host.id.bytes[i] = static_cast<std::uint8_t>(name + 37 * i + i * i * 11);
    restart(host);
  }
  void restart(Host& host) {
    if (host.replica) end_turn(host);
    host.replica.reset();
    auto loaded = Replica::load(host.store, {host.id, 1 << 20, 1, {}}, now());
    core::ensure(loaded.has_value());
    host.replica = std::move(*loaded);
    end_turn(host);
  }

  // The turn goes on.
  template <class F>
  void transact(Host& host, F&& f) {
    Transaction transaction = host.replica->begin(space, now());
    f(transaction);
  }

  // What it says, all of it durable.
  std::vector<Frame> end_turn(Host& host) {
    std::vector<Frame> frames;
    for (Held<Frame>& held : host.replica->take_output(now()).append_to(host.store)) {
      std::optional<Frame> frame = std::move(held).open(host.store.durable_to());
      core::ensure(frame.has_value());
      frames.push_back(std::move(*frame));
    }
    host.replica->store_moved(now());
    return frames;
  }

  // Two honest replicas talk over a session of their own until both are silent.  What `from` has said, in order.
  // Neither may find fault with the other.
  std::vector<core::Bytes> meet(Host& from, Host& to) {
    const LinkId link = open(from, to);
    std::vector<core::Bytes> said;
    talk(from, to, link, said);
    close(from, to, link);
    return said;
  }
  LinkId open(Host& from, Host& to) {
    const LinkId link{++last_link_};
    for (Host* host : {&from, &to}) host->replica->peer_found(now(), link, {space});
    return link;
  }
  void close(Host& from, Host& to, LinkId link) {
    for (Host* host : {&from, &to}) host->replica->peer_lost(now(), link);
  }
  void talk(Host& from, Host& to, LinkId link, std::vector<core::Bytes>& said) {
    int silent = 0;
    for (int round = 0; round < 1'000 && silent < 10; ++round) {
      silent = say(from, to, link, &said) + say(to, from, link, nullptr) == 0 ? silent + 1 : 0;
      pass(turn);
    }
    core::ensure(silent == 10);
  }

  static constexpr auto turn = 20ms;
  Host ours;

 private:
  std::size_t say(Host& speaker, Host& listener, LinkId link, std::vector<core::Bytes>* said) {
    speaker.replica->wake(now());
    std::size_t count = 0;
    for (Frame& frame : end_turn(speaker)) {
      if (frame.to != link) continue;
      ++count;
      core::ensure(listener.replica->receive(now(), link, space, frame.bytes).has_value());
      if (said != nullptr) said->push_back(std::move(frame.bytes));
    }
    return count;
  }

  core::Instant now_{1s};
  std::uint64_t last_link_ = 100;
};

// An input of the fuzz target: the words of messages, one an item, `size u16 big-endian · bytes`.  An item of no bytes
// ends the session; the next item begins another.
inline core::Bytes spell(const std::vector<std::vector<core::Bytes>>& sessions) {
  core::Bytes input;
  for (const std::vector<core::Bytes>& frames : sessions) {
    if (!input.empty()) core::put_u16(input, 0);
    for (const core::Bytes& frame : frames) {
      core::put_u16(input, static_cast<std::uint16_t>(frame.size() - frame_header_size));
      input.append(frame.substr(frame_header_size));
    }
  }
  return input;
}

// What Replica::receive does with such an input.  Whatever it is: the replica goes on, unless it was told that it is an
// old copy; what it says can be understood; it finds itself again after a restart; and an honest peer takes all it has.
// What it has seen in the end.
inline CausalContext receive_all(core::BytesView bytes) {
  World world;
  World::Host& ours = world.ours;
  core::ByteReader input(bytes);
  LinkId link{1};
  const auto begin = [&] { ours.replica->peer_found(world.now(), link, {World::space}); };
  std::optional<Decoder> ears;  // the peer's
  const auto listen = [&] {
    for (const Frame& frame : world.end_turn(ours)) core::ensure(ears->decode(frame.bytes).has_value());
  };
  const auto begin_anew = [&] {
    ours.replica->peer_lost(world.now(), link);
    ++link.number;
    begin();
    ears.emplace(World::space);
  };
  begin_anew();
  while (input.ok() && !input.rest().empty()) {
    const std::size_t announced = input.u16();
    const core::BytesView item = input.take(std::min(announced, input.rest().size()));
    const core::BytesView words = item.substr(0, item.size() / 8 * 8);
    listen();
    bool ends = words.empty();
    if (!ends) {
      const core::Bytes frame = cut_into_frames(core::Bytes(frame_header_size, '\0').append(words))[0];
      ends = !ours.replica->receive(world.now(), link, World::space, frame);
    }
    listen();
    if (const auto& failure = ours.replica->failure()) {
      core::ensure(failure->detail.starts_with("A peer has seen events of this replica"));
      return ours.replica->context(World::space);
    }
    if (ends) begin_anew();
    world.pass(World::turn);
    ours.replica->wake(world.now());
  }
  ours.replica->peer_lost(world.now(), link);

  const CausalContext context = ours.replica->context(World::space);
  const Dump dump = dump_of(ours.replica->keyspace(), World::space);
  for (const auto& [address, cell] : dump) {
    for (const crdt::Cell::Entry& entry : cell.entries()) core::ensure(context.contains(entry.dot));
  }
  world.restart(ours);
  core::ensure(ours.replica->context(World::space).covers(context));
  core::ensure(dump_of(ours.replica->keyspace(), World::space) == dump);
  World::Host honest;
  world.start(honest, 0xb2);
  world.meet(ours, honest);
  core::ensure(honest.replica->context(World::space) == ours.replica->context(World::space));
  core::ensure(dump_of(honest.replica->keyspace(), World::space) == dump);
  return context;
}

}  // namespace skerry::sync

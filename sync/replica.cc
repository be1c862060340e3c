#include "sync/replica.h"

#include <algorithm>

#include "core/ensure.h"
#include "sync/chunk_apply.h"
#include "sync/limits.h"
#include "sync/link.h"
#include "sync/log_times.h"

namespace skerry::sync {

using core::Error;
using core::ErrorCode;
using core::fail;

namespace {

struct LinkKey {
  Space space;
  LinkId link;
  auto operator<=>(const LinkKey&) const = default;
};

// What a message shows of its sender's context.
const CausalContext& context_of(const Message& message) {
  struct {
    const CausalContext& operator()(const Hello& hello) const { return hello.context; }
    const CausalContext& operator()(const Chunk& chunk) const { return chunk.seen; }
    const CausalContext& operator()(const State& state) const { return state.context; }
    const CausalContext& operator()(const Refusal& refusal) const { return refusal.context; }
  } visitor;
  return std::visit(visitor, message);
}

}  // namespace

struct Replica::Insides {
  Insides(Store& store_used, const Options& chosen)
      : options(chosen),
        store(store_used),
        keyspace(store_used, {.self = chosen.self, .cache_bytes = chosen.cache_bytes, .seed = chosen.seed}),
        random(chosen.seed) {}

  using Links = std::map<LinkKey, Link>;
  Result<void> hear(const Now& now, Link& link, Message message);
  void settle(const Now& now, Space space);
  void settle_held(const Now& now);
  void give_up(const Now& now, Link& link);
  Result<void> speak(const Now& now, Space space, Links::iterator begin, Links::iterator end, Output& output);
  bool apply(const Now& now, Link& link, SpaceState& state, const Chunk& chunk);
  void upkeep(const Now& now);
  void flush(const Now& now);
  void meet();
  bool stopped() const { return failure.has_value() || store.failure().has_value(); }
  void stop(const Error& error) {
    if (!failure) failure = error;
  }

  Options options;
  Store& store;
  Keyspace keyspace;
  core::Random random;
  Links links;
  std::map<Space, std::vector<ReplicaId>> sessions;  // past Hello, sorted; as of the last meet()
  std::map<Space, LogTimes> times;
  core::Instant expiry_at = core::Instant::min();
  core::Instant flush_at = core::never;
  bool holds_chunks = false;  // for lack of room
  std::optional<Error> failure;
};

Replica::Replica(std::unique_ptr<Insides> insides) : insides_(std::move(insides)) {}
Replica::~Replica() = default;

Result<std::unique_ptr<Replica>> Replica::load(Store& store, const Options& options, const Now& now) {
  auto insides = std::make_unique<Insides>(store, options);
  if (Result<void> loaded = insides->keyspace.load(now); !loaded) return tl::make_unexpected(loaded.error());
  for (const auto& [space, state] : insides->keyspace.states())
    insides->times[space].note(state->log.end(), now.instant);
  return std::unique_ptr<Replica>(new Replica(std::move(insides)));
}

// --- clients

Transaction Replica::begin(Space space, const Now& now) {
  return insides_->keyspace.begin(space, now);
}
void Replica::prefetch(Space space, std::span<const core::BytesView> names) const {
  insides_->keyspace.prefetch(space, names);
}
bool Replica::full() const {
  return insides_->stopped() || insides_->keyspace.full();
}
Room Replica::room() const {
  return insides_->store.room();
}

// --- peers

void Replica::peer_found(const Now&, LinkId link, const std::vector<Space>& spaces) {
  for (const Space space : spaces) {
    insides_->keyspace.state(space);
    insides_->links.try_emplace({space, link}, link, space);
  }
}

void Replica::peer_lost(const Now&, LinkId link) {
  std::erase_if(insides_->links, [&](const auto& entry) { return entry.first.link == link; });
  insides_->meet();
}

void Replica::round_trip(LinkId link, core::Duration round_trip) {
  for (auto& [key, of_space] : insides_->links) {
    if (key.link == link) of_space.set_round_trip(round_trip);
  }
}

Result<void> Replica::receive(const Now& now, LinkId link, Space space, core::BytesView frame) {
  if (insides_->stopped()) return tl::make_unexpected(*failure());
  const auto found = insides_->links.find({space, link});
  if (found == insides_->links.end()) {
    const auto is_its = [link](const auto& entry) { return entry.first.link == link; };
    if (std::any_of(insides_->links.begin(), insides_->links.end(), is_its))
      return fail(ErrorCode::refused, "A frame has come for a space that the session is not for.");
    return {};
  }
  Result<std::optional<Message>> message = found->second.decode(frame);
  if (!message) return tl::make_unexpected(message.error());
  if (!*message) return {};
  return insides_->hear(now, found->second, std::move(**message));
}

Result<void> Replica::Insides::hear(const Now& now, Link& link, Message message) {
  SpaceState& state = keyspace.state(link.space());
  const ReplicaId& self = keyspace.self();
  if (knows_more_of(self, context_of(message), state.context)) {
    // Our disk is older than what we have told others: the next dot we mint may be one they know for another event,
    // and no join could ever tell the two apart (I1).
    stop({ErrorCode::corrupt,
          "A peer has seen events of this replica that are not on its disk: the data directory is an old copy.  "
          "Nothing more is written under this id."});
    return tl::make_unexpected(*failure);
  }
  if (const auto* hello = std::get_if<Hello>(&message)) {
    Result<void> greeted = link.greeted(*hello, self);
    meet();
    return greeted;
  }
  if (const auto* told = std::get_if<State>(&message)) return link.told(*told, self, now.instant);
  if (const auto* refusal = std::get_if<Refusal>(&message)) return link.refused(*refusal, now.instant, random);

  Chunk& chunk = std::get<Chunk>(message);
  if (Result<void> checked = check_chunk(chunk, link.space()); !checked) return checked;
  if (Result<void> came = link.came(std::move(chunk), now.instant); !came) return came;
  settle(now, link.space());
  give_up(now, link);
  if (link.broken()) return tl::make_unexpected(*link.broken());
  if (stopped()) return tl::make_unexpected(failure ? *failure : *store.failure());
  return {};
}

// Applies every chunk of the space that has what it stands on; one that is applied may be what another waits for.
void Replica::Insides::settle(const Now& now, Space space) {
  if (store.room() != Room::enough) {
    holds_chunks = true;
    return;
  }
  SpaceState& state = keyspace.state(space);
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& [key, link] : links) {
      if (key.space != space || link.broken()) continue;
      while (const std::optional<Chunk> chunk = link.take_chunk(state.context)) {
        if (!apply(now, link, state, *chunk)) break;
        moved = true;
      }
      if (stopped()) return;
    }
  }
}

// There is room again.
void Replica::Insides::settle_held(const Now& now) {
  if (!holds_chunks || store.room() != Room::enough) return;
  holds_chunks = false;
  for (const auto& [space, state] : keyspace.states()) settle(now, space);
}

// For lack of room a chunk is held as long as it takes: a refusal would make its sender try again and again, and wait
// for longer each time.
void Replica::Insides::give_up(const Now& now, Link& link) {
  if (store.room() != Room::enough) link.hold_on(now.instant);
  link.give_up(now.instant);
}

bool Replica::Insides::apply(const Now& now, Link& link, SpaceState& state, const Chunk& chunk) {
  if (Result<void> checked = check_chunk(chunk, state.context); !checked) {
    link.break_off(checked.error());
    return false;
  }
  Result<std::uint64_t> events = apply_chunk(keyspace, state, chunk, now);
  if (!events) {
    stop(events.error());
    return false;
  }
  link.applied(chunk, *events);
  return true;
}

// Who is there has changed.
void Replica::Insides::meet() {
  sessions.clear();
  for (const auto& [key, link] : links) {
    if (link.peer()) sessions[key.space].push_back(*link.peer());
  }
  for (auto& [space, peers] : sessions) {
    std::sort(peers.begin(), peers.end());
    peers.erase(std::unique(peers.begin(), peers.end()), peers.end());
  }
}

// --- time

core::Instant Replica::wake_at() const {
  if (insides_->stopped()) return core::never;
  return std::min({insides_->expiry_at, insides_->flush_at, speak_at()});
}

core::Instant Replica::speak_at() const {
  if (insides_->stopped()) return core::never;
  core::Instant earliest = core::never;
  for (const auto& [key, link] : insides_->links) earliest = std::min(earliest, link.wake_at());
  return earliest;
}

void Replica::wake(const Now& now) {
  if (insides_->stopped()) return;
  insides_->settle_held(now);  // the store need not have said yet that there is room
  for (auto& [key, link] : insides_->links) insides_->give_up(now, link);
  insides_->upkeep(now);
}

void Replica::store_moved(const Now& now) {
  if (insides_->stopped()) return;
  insides_->keyspace.store_moved();
  insides_->settle_held(now);
  if (insides_->stopped()) return;
  insides_->flush(now);
}

void Replica::Insides::upkeep(const Now& now) {
  if (store.room() != Room::enough) {
    // Nobody sees what has expired; what is left of the room is for those who make some.
    expiry_at = now.instant + expiry_interval;
  } else if (now.instant >= expiry_at) {
    Result<core::Instant> next = keyspace.remove_expired(now);
    if (!next) return stop(next.error());
    expiry_at = *next;
  }
  flush(now);
}

void Replica::Insides::flush(const Now& now) {
  if (keyspace.flush_due(now)) keyspace.flush_step(now);
  // A flush is made of small steps, so that none of them holds the loop; the next one follows in the next turn.
  const bool goes_on = keyspace.flush_due(now) && !keyspace.flush_waits();
  const bool sweeps = keyspace.sweeps();
  flush_at = goes_on                          ? now.instant
             : keyspace.has_dirty() || sweeps ? now.instant + (sweeps ? sweep_every : flush_every)
                                              : core::never;
}

// --- effects

Result<void> Replica::Insides::speak(const Now& now, Space space, Links::iterator begin, Links::iterator end,
                                     Output& output) {
  SpaceState& state = keyspace.state(space);
  const auto read_cell = [&](core::BytesView address) { return keyspace.cell(state, address); };
  const Position recent = times[space].first_since(now.instant - left_to_origin_for);
  const ChunkSource source{state.log, read_cell, store, keyspace.replicas(), space, recent};
  const Link::Ours ours{keyspace.self(), state, source, sessions[space], options.chunk_aims, keyspace.staged_to()};
  for (auto entry = begin; entry != end; ++entry) {
    if (Result<void> spoken = entry->second.speak(ours, now.instant, output); !spoken) return spoken;
  }
  return {};
}

Output Replica::take_output(const Now& now) {
  Output output;
  Insides& insides = *insides_;
  if (insides.stopped()) return output;
  for (auto begin = insides.links.begin(); begin != insides.links.end();) {
    const Space space = begin->first.space;
    auto end = begin;
    while (end != insides.links.end() && end->first.space == space) ++end;
    if (Result<void> spoken = insides.speak(now, space, begin, end, output); !spoken) {
      insides.stop(spoken.error());
      return {};
    }
    begin = end;
  }
  if (std::optional<Segment> segment = insides.keyspace.take_segment()) {
    output.set_segment(std::move(*segment));
    insides.expiry_at = std::min(insides.expiry_at, now.instant + expiry_interval);
    insides.flush_at = std::min(insides.flush_at, now.instant + flush_every);
    for (const auto& [space, state] : insides.keyspace.states())
      insides.times[space].note(state->log.end(), now.instant);
  }
  return output;
}

// --- questions

const ReplicaId& Replica::self() const {
  return insides_->keyspace.self();
}
Keyspace& Replica::keyspace() {
  return insides_->keyspace;
}
const CausalContext& Replica::context(Space space) const {
  return insides_->keyspace.state(space).context;
}

const std::optional<core::Error>& Replica::failure() const {
  return insides_->failure ? insides_->failure : insides_->store.failure();
}

std::vector<LinkReport> Replica::links(const Now& now) const {
  std::vector<LinkReport> reports;
  for (const auto& [key, link] : insides_->links) {
    LinkReport& report = reports.emplace_back(link.report());
    const SpaceState& state = insides_->keyspace.state(key.space);
    const EventLog& log = state.log;
    report.catching_up = !state.context.covers(link.sender().known());
    const Position settled = link.sender().settled();
    report.entries_behind = log.end() - std::min(settled, log.end());
    if (report.entries_behind > 0)
      report.behind_for = now.instant - insides_->times[key.space].came_at(settled, now.instant);
  }
  return reports;
}

std::size_t Replica::peers_with(Space space, const CausalContext& context) const {
  std::vector<ReplicaId> peers;
  for (const auto& [key, link] : insides_->links) {
    if (key.space == space && link.peer() && link.sender().known().covers(context)) peers.push_back(*link.peer());
  }
  std::sort(peers.begin(), peers.end());
  return static_cast<std::size_t>(std::unique(peers.begin(), peers.end()) - peers.begin());
}

}  // namespace skerry::sync

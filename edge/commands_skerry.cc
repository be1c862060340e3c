// SKERRY.*: what no Redis has, for operators, tests and the curious.
#include <algorithm>

#include "core/digest.h"
#include "crdt/expiry.h"
#include "crdt/number.h"
#include "edge/commands.h"
#include "edge/explain.h"
#include "edge/handlers.h"

namespace skerry::edge::handlers {

namespace {

// A value in an explanation is shown up to here.
constexpr std::size_t value_shown_max = 1'024;
constexpr std::size_t explained_cells_max = 128;
// A digest is taken of so much at a time, each part together with the digest so far.
constexpr std::size_t digest_part_bytes = 64 * 1024;

// The space that the command names, or the session's; nothing after the error was answered.
std::optional<core::Space> space_argument(Call& call) {
  if (call.size() > 2) {
    call.reply.error(syntax_error);
    return std::nullopt;
  }
  if (call.size() == 1) return call.session.space;
  const auto index = integer_argument(call, call[1]);
  if (!index) return std::nullopt;
  if (*index < 0 || *index >= sync::spaces_max) {
    call.reply.error("ERR DB index is out of range");
    return std::nullopt;
  }
  return core::Space{static_cast<std::uint16_t>(*index)};
}

// Calls visit(line) → bool for every cell of the space, in the order of addresses.
template <class F>
core::Result<void> for_each_line(Call& call, core::Space space, F&& visit) {
  sync::Keyspace& keyspace = call.commands.replica().keyspace();
  call.outcome.depends_on = keyspace.staged_to();
  call.outcome.used_replica = true;
  return keyspace.for_each_cell(keyspace.state(space), [&](BytesView encoded, const crdt::Cell& cell) {
    const auto address = core::decode_address(encoded);
    core::ensure(address.has_value());
    return visit(dump_line(*address, cell));
  });
}

void put_field(Reply& reply, BytesView name, BytesView value) {
  reply.bulk(name);
  reply.bulk(value);
}

void put_field(Reply& reply, BytesView name, std::uint64_t value) {
  reply.bulk(name);
  reply.integer(static_cast<std::int64_t>(value));
}

void put_deadline(Reply& reply, std::optional<core::WallTime> deadline) {
  deadline ? reply.integer(core::unix_milliseconds(*deadline)) : reply.null();
}

void answer_entry(Reply& reply, const EntryReport& entry) {
  reply.map(7);
  put_field(reply, "dot", print_dot(entry.dot));
  put_field(reply, "payload", name_of(entry.type));
  put_field(reply, "written-at", static_cast<std::uint64_t>(core::unix_milliseconds(entry.stamp.wall())));
  put_field(reply, "stamp-counter", entry.stamp.value & 0xffff);
  put_field(reply, "standing", entry.standing);
  reply.bulk("value");
  entry.value ? reply.bulk(BytesView(*entry.value).substr(0, value_shown_max)) : reply.null();
  reply.bulk("deadline");
  put_deadline(reply, entry.deadline);
}

void answer_counter(Reply& reply, const CounterReport& counter) {
  reply.map(8);
  put_field(reply, "replica", core::to_hex(counter.replica));
  put_field(reply, "birth", counter.tally.birth);
  put_field(reply, "increments", counter.tally.count);
  put_field(reply, "sum", crdt::print_sum(counter.tally.sum));
  put_field(reply, "fraction", print_score(counter.tally.fraction));
  put_field(reply, "increments-absorbed", counter.absorbed.count);
  put_field(reply, "sum-absorbed", crdt::print_sum(counter.absorbed.sum));
  put_field(reply, "counts", counter.counts ? "yes" : "no");
}

void answer_cell(Reply& reply, Kind kind, BytesView member, const CellReport& report) {
  reply.map(5);
  put_field(reply, "kind", name_of(kind));
  put_field(reply, "member", member);
  put_field(reply, "rule", report.rule);
  reply.bulk("entries");
  reply.array(report.entries.size());
  for (const EntryReport& entry : report.entries) answer_entry(reply, entry);
  reply.bulk("counters");
  reply.array(report.counters.size());
  for (const CounterReport& counter : report.counters) answer_counter(reply, counter);
}

// What readers see of the key.
struct Seen {
  std::optional<Kind> kind;
  std::optional<core::WallTime> deadline;
  std::uint64_t members = 0;
};

core::Result<Seen> look(Call& call) {
  sync::Transaction transaction = call.commands.replica().begin(call.session.space, call.now);
  const auto key = transaction.key(call[1]);
  if (!key) return core::failure(key);
  Seen seen{key->kind(), key->deadline(), 0};
  if (seen.kind && *seen.kind != Kind::string) seen.members = key->count();
  call.outcome.depends_on = transaction.depends_on();
  call.outcome.used_replica = true;
  return seen;
}

// A cell of the key, also one of which readers see nothing.
struct HeldCell {
  Kind kind;
  Bytes member;
  crdt::Cell cell;
};

core::Result<crdt::Cell> cell_of(Call& call, Kind kind, BytesView member) {
  sync::Keyspace& keyspace = call.commands.replica().keyspace();
  sync::SpaceState& state = keyspace.state(call.session.space);
  return keyspace.cell(state, core::encode({state.space, call[1], kind, member}));
}

constexpr Kind own_kinds[] = {Kind::string, Kind::expiry};
constexpr Kind member_kinds[] = {Kind::hash, Kind::set, Kind::sorted_set};

// The cells of one member, of whatever kinds.
core::Result<bool> find_member(Call& call, std::vector<HeldCell>& cells) {
  for (const Kind kind : member_kinds) {
    auto cell = cell_of(call, kind, call[2]);
    if (!cell) return core::failure(cell);
    if (!cell->empty()) cells.push_back({kind, Bytes(call[2]), std::move(*cell)});
  }
  return true;
}

// The key's own cells, and those of its members of all kinds.  Whether these are all.
core::Result<bool> find_cells(Call& call, std::vector<HeldCell>& cells) {
  for (const Kind kind : own_kinds) {
    auto cell = cell_of(call, kind, {});
    if (!cell) return core::failure(cell);
    if (!cell->empty()) cells.push_back({kind, {}, std::move(*cell)});
  }
  sync::Transaction transaction = call.commands.replica().begin(call.session.space, call.now);
  auto key = transaction.key(call[1]);
  if (!key) return core::failure(key);
  bool all = true;
  for (const Kind kind : member_kinds) {
    const auto visited = key->for_each_cell(kind, [&](BytesView member, const crdt::Cell& cell) {
      all = cells.size() < explained_cells_max;
      if (all) cells.push_back({kind, Bytes(member), cell});
      return all;
    });
    if (!visited) return core::failure(visited);
    if (!all) break;
  }
  return all;
}

BytesView state_name(PeerReport::State state) {
  switch (state) {
    case PeerReport::State::connected:
      return "connected";
    case PeerReport::State::connecting:
      return "dialling";
    case PeerReport::State::refused:
      return "refused";
    case PeerReport::State::cut:
      return "cut";
  }
  return {};
}

std::uint64_t milliseconds_of(core::Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

void answer_link(Reply& reply, const sync::LinkReport& link) {
  reply.map(12);
  put_field(reply, "space", link.space.number);
  put_field(reply, "entries-behind", link.entries_behind);
  put_field(reply, "behind-ms", milliseconds_of(link.behind_for));
  put_field(reply, "bytes-in-flight", link.bytes_in_flight);
  put_field(reply, "window-bytes", link.window_bytes);
  put_field(reply, "chunks-sent", link.chunks_sent);
  put_field(reply, "events-sent", link.events_sent);
  put_field(reply, "chunks-applied", link.chunks_applied);
  put_field(reply, "events-applied", link.events_applied);
  put_field(reply, "chunks-held", link.chunks_held);
  put_field(reply, "refusals", link.refusals_sent + link.refusals_received);
  put_field(reply, "catching-up", link.catching_up ? "yes" : "no");
}

// Fifteen of sixteen spaces are empty with most users.
bool says_something(const sync::LinkReport& link) {
  return link.space == core::Space{} || link.chunks_sent > 0 || link.chunks_applied > 0 || link.entries_behind > 0 ||
         link.chunks_held > 0 || link.catching_up;
}

void answer_peer(Reply& reply, const PeerReport& peer, const std::vector<sync::LinkReport>& links) {
  std::vector<sync::LinkReport> own;
  std::copy_if(links.begin(), links.end(), std::back_inserter(own), [&peer](const sync::LinkReport& link) {
    return peer.link && link.link == *peer.link && says_something(link);
  });
  reply.map(11);
  put_field(reply, "name", peer.name);
  put_field(reply, "address", peer.address);
  put_field(reply, "state", state_name(peer.state));
  reply.bulk("replica");
  !own.empty() && own.front().peer ? reply.bulk(core::to_hex(*own.front().peer)) : reply.null();
  reply.bulk("round-trip-us");
  peer.round_trip ? reply.integer(std::chrono::duration_cast<std::chrono::microseconds>(*peer.round_trip).count())
                  : reply.null();
  put_field(reply, "sessions", peer.sessions);
  put_field(reply, "bytes-queued", peer.bytes_queued);
  put_field(reply, "bytes-sent", peer.bytes_sent);
  put_field(reply, "bytes-received", peer.bytes_received);
  put_field(reply, "last-error", peer.last_error);
  reply.bulk("spaces");
  reply.array(own.size());
  for (const sync::LinkReport& link : own) answer_link(reply, link);
}

}  // namespace

void skerry_dump(Call& call) {
  const auto space = space_argument(call);
  if (!space) return;
  const Reply::Mark mark = call.reply.mark();
  std::size_t count = 0;
  const auto visited = for_each_line(call, *space, [&](const Bytes& line) {
    call.reply.bulk(line);
    ++count;
    return !call.reply.overflows();
  });
  if (visited && !call.reply.overflows()) return call.reply.close_array(mark, count);
  call.reply.rewind(mark);
  visited ? call.reply.error("ERR the space is too large for one answer; compare SKERRY.DIGEST")
          : answer_error(call, visited.error());
}

void skerry_digest(Call& call) {
  const auto space = space_argument(call);
  if (!space) return;
  core::Digest128 digest{};
  Bytes part;
  const auto close_part = [&] {
    part.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    digest = core::digest(part);
    part.clear();
  };
  const auto visited = for_each_line(call, *space, [&](const Bytes& line) {
    part.append(line).append("\n");
    if (part.size() >= digest_part_bytes) close_part();
    return true;
  });
  if (!part.empty()) close_part();
  if (succeeded(call, visited)) call.reply.bulk(core::to_hex(digest));
}

void skerry_context(Call& call) {
  const auto space = space_argument(call);
  if (!space) return;
  call.outcome.depends_on = call.commands.replica().keyspace().staged_to();
  call.outcome.used_replica = true;
  const auto parts = call.commands.replica().context(*space).parts();
  call.reply.map(parts.size());
  for (const auto& part : parts) put_field(call.reply, core::to_hex(part.replica), print_intervals(part.intervals));
}

void skerry_explain(Call& call) {
  if (call.size() > 3) return call.reply.error(syntax_error);
  const auto seen = look(call);
  if (!succeeded(call, seen)) return;
  std::vector<HeldCell> cells;
  const auto all = call.size() == 3 ? find_member(call, cells) : find_cells(call, cells);
  if (!succeeded(call, all)) return;
  const auto registers = cell_of(call, Kind::string, {});
  const auto expiry = cell_of(call, Kind::expiry, {});
  if (!succeeded(call, registers) || !succeeded(call, expiry)) return;
  const auto deadline = crdt::effective_deadline(*registers, *expiry, call.now.wall);
  const auto writer = crdt::deadline_writer(*registers, *expiry, call.now.wall);
  Reply& reply = call.reply;
  reply.map(7);
  put_field(reply, "key", call[1]);
  put_field(reply, "kind", seen->kind ? name_of(*seen->kind) : "none");
  put_field(reply, "members", seen->members);
  reply.bulk("deadline");
  put_deadline(reply, seen->deadline);
  reply.bulk("deadline-writer");
  seen->deadline.has_value() && writer ? reply.bulk(core::to_hex(*writer)) : reply.null();
  put_field(reply, "complete", *all ? "yes" : "no");
  reply.bulk("cells");
  reply.array(cells.size());
  for (const HeldCell& held : cells) {
    CellReport report = explain_cell(held.kind, held.cell, call.now.wall);
    if (held.kind == Kind::expiry) overrule_deadline(report, deadline);
    answer_cell(reply, held.kind, held.member, report);
  }
}

void skerry_peers(Call& call) {
  const auto peers = call.commands.peers().peers();
  const auto links = call.commands.replica().links(call.now);
  call.reply.array(peers.size());
  for (const PeerReport& peer : peers) answer_peer(call.reply, peer, links);
}

void skerry_cut(Call& call) {
  if (succeeded(call, call.commands.peers().cut(call[1]))) call.reply.ok();
}

void skerry_heal(Call& call) {
  if (succeeded(call, call.commands.peers().heal(call[1]))) call.reply.ok();
}

}  // namespace skerry::edge::handlers

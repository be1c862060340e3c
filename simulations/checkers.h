// What must hold in every world (docs/architecture.md, Invariants): of a state, and of the step from the last one.
// After each step the host that moved is compared with itself a step ago and with what follows from all that ever
// happened; the first thing that is wrong ends the run, explained.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulations/host.h"
#include "simulations/ledger.h"
#include "simulations/model.h"
#include "simulations/trace.h"
#include "sync/wire.h"

namespace skerry::simulations {

struct Violation {
  std::string invariant;             // "I3"
  std::string what;                  // one sentence
  std::vector<std::string> details;  // the events involved, and what each replica believed
  core::Bytes key = {};              // that it is about; empty: more than one, or none
};

// Everything of one space.
class Checkers {
 public:
  using Hosts = std::vector<std::unique_ptr<Host>>;
  // The hosts outlive the checkers.
  Checkers(core::Space space, const Timeline& timeline, Hosts& hosts, const std::vector<core::ReplicaId>& ids);

  const std::optional<Violation>& violation() const { return violation_; }
  void complain(std::string invariant, HostIndex host, std::string what);
  // The same, about one key.
  void complain(std::string invariant, HostIndex host, std::string what, core::BytesView key);
  // Adds to the violation the events involved and what each replica believes now.  REQUIRES violation().
  void explain();
  // From now on nothing is checked, and nothing complained of.  REQUIRES that nothing has happened yet.
  void look_away() { looks_ = false; }

  // --- clients: begin, then each command's answer, then end
  void batch_begins(HostIndex host);
  void answered(HostIndex host, const Command& command, const core::Result<std::string>& told);
  // The events of the batch.
  struct Events {
    EventIndex first = 0;
    EventIndex limit = 0;
  };
  Events batch_ends(HostIndex host);
  // The client has its answer, at level durable.
  void acknowledged(HostIndex host, const Events& events);

  // --- hosts
  void loaded(HostIndex host);
  void ended(HostIndex host);
  // Something may have happened there.
  void observe(HostIndex host);
  // Every cell, and every limit.
  void check_all(HostIndex host);
  // How many there should be.
  std::size_t cells(HostIndex host) const { return ledger_.cells(host); }

  // --- frames, of sessions that are tapped
  void tap(HostIndex host, sync::LinkId link);
  void untap(HostIndex host);
  void leaving(HostIndex host, sync::LinkId link, core::BytesView frame);

  // --- the end
  // Whether all replicas hold the same, and nothing waits to be told.
  bool agree() const;
  // Why not.
  std::string disagreement() const;
  // Whether all replicas have seen the same, and so hold the same; something may still wait.
  bool same() const;
  // I6, I7, I11: equal dumps, equal digests, and what clients see is what they were promised.
  void check_end(Trace& trace);

  // What clients of the host see.  REQUIRES that it is up.
  Model::Shown shown(HostIndex host, core::BytesView key) const;

  std::uint64_t events() const { return ledger_.size(); }

  // --- an observer
  // Hears of each event that a host learns, also again after a start.
  using Learned = std::function<void(HostIndex host, EventIndex event)>;
  void watch(Learned learned) { learned_ = std::move(learned); }
  const Ledger& ledger() const { return ledger_; }

 private:
  // What the checkers remember of one host.
  struct Seen {
    sync::Position log_end = 1;        // of what was observed
    sync::Position durable_end = 1;    // of what is durable of that
    crdt::CausalContext context;       // as the log says
    crdt::CausalContext durable;       // what is on its disk
    crdt::CausalContext before_crash;  // what was
    core::Stamp stamp;                 // the greatest it has given
    core::Stamp clock;
    core::WallTime wall{};  // the latest that its wall clock has shown, in all of its lives
    std::vector<EventIndex> new_events;
  };
  struct Tap {
    HostIndex host;
    sync::LinkId link;
    std::unique_ptr<sync::Decoder> decoder;
  };

  Host& host(HostIndex index) const { return *hosts_[index]; }
  const sync::SpaceState& state(HostIndex index) const { return host(index).replica().keyspace().state(space_); }
  crdt::Cell cell(HostIndex index, core::BytesView address) const;

  void read_log(HostIndex host);
  void read_entry(HostIndex host, sync::Position position);
  void mint(HostIndex host, sync::Position first, sync::Position limit);
  void mint_by_itself(HostIndex host, sync::Position first, sync::Position limit);
  void minted(HostIndex host, sync::Position first, sync::Position limit, EffectIndex effect);
  void note_stamps(HostIndex host, EventIndex first, EffectIndex effect);
  void advance_durable(HostIndex host);
  void check_new_events(HostIndex host);
  void check_touched(HostIndex host);
  void check_links(HostIndex host);
  void check_values(HostIndex host);
  void check_superseded(HostIndex host);
  core::Bytes dump(HostIndex host) const;
  void explain_cell(HostIndex host, AddressIndex address);
  std::vector<EventIndex> events_about(core::BytesView key) const;
  std::string known_to(EventIndex index) const;
  std::string belief(HostIndex host) const;

  core::Space space_;
  const Timeline& timeline_;
  Hosts& hosts_;
  Ledger ledger_;
  Model model_;
  std::vector<Seen> seen_;  // by host
  std::vector<Tap> taps_;
  bool looks_ = true;
  std::optional<Violation> violation_;
  Learned learned_;  // or nothing
};

}  // namespace skerry::simulations

// Virtual time, a network, some hosts, clients and faults, and the checkers that watch them: one run of one plan.
// One thread; the same plan gives the same trace, byte for byte (I12).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulations/checkers.h"
#include "simulations/chronicle.h"
#include "simulations/client_events.h"
#include "simulations/host.h"
#include "simulations/network.h"
#include "simulations/plan.h"
#include "simulations/report.h"
#include "simulations/timeline.h"
#include "simulations/trace.h"

namespace skerry::simulations {

class World {
 public:
  World(const Plan& plan, const Profile& profile);
  // In the protocol profile.
  explicit World(const Plan& plan) : World(plan, protocol_profile()) {}

  // What happens is written down there too.  The chronicle outlives the world; REQUIRES that nothing has happened yet.
  void record(Chronicle& chronicle);
  // Hears what clients live through.  REQUIRES that nothing has happened yet.
  void listen(ClientEvents clients) { clients_ = std::move(clients); }
  // Nothing is checked any more: what do others find who only know what clients are told?  REQUIRES that nothing has
  // happened yet.
  void look_away();
  // Runs the plan, heals everything, waits until all replicas agree, and checks what they hold.
  Report run();

  // --- for tests that look closer
  Timeline& timeline() { return timeline_; }
  Network& network() { return *network_; }
  Host& host(HostIndex index) { return *hosts_[index]; }
  Checkers& checkers(core::Space space) { return *checkers_[space.number]; }
  void start();
  void run_until(Instant when);
  void perform(const Operation& operation);
  void heal();
  bool agree() const;

 private:
  struct AnswerDue {
    std::uint64_t request;
    core::Space space;
    Checkers::Events events;
  };

  Host::Events host_events();
  Network::Events network_events();
  const std::optional<Violation>& violation() const;
  void step();
  void check_touched();
  void check_progress();
  bool same() const;
  std::string disagreement() const;
  void next_operation();
  void next_fault();
  void batch(std::uint64_t request, const Operation& operation);

  void begin(const Fault& fault);
  void end(const Fault& fault);
  void host_ended(HostIndex host, Ending ending);
  void start_host(HostIndex host);
  void found(HostIndex host, sync::LinkId link);
  void lost(HostIndex host, sync::LinkId link);
  Duration since_begin() const;
  void note_start(HostIndex host);
  void note_ending(HostIndex host, Ending ending);

  Plan plan_;
  const char* profile_;
  Streams streams_;
  Timeline timeline_;
  Trace trace_;
  core::Random taps_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::unique_ptr<Network> network_;
  std::vector<std::unique_ptr<Checkers>> checkers_;  // by space

  std::size_t next_operation_ = 0;
  std::size_t next_fault_ = 0;
  std::vector<Duration> down_for_;  // by host: how long its next crash keeps it down
  std::vector<bool> touched_;       // by host
  bool any_touched_ = false;
  std::vector<AnswerDue> answers_;
  bool healed_ = false;

  Instant last_now_{};
  std::uint64_t steps_now_ = 0;      // at this very instant
  std::uint64_t checked_ = 0;        // full checks so far
  std::uint64_t full_check_at_ = 0;  // the step of the next one
  std::uint64_t requests_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t endings_ = 0;
  std::array<std::uint64_t, fault_kind_count> faults_{};
  Chronicle* chronicle_ = nullptr;  // or nobody wants to know
  ClientEvents clients_;
};

}  // namespace skerry::simulations

// What an observer of a world writes down, for the report: who wrote what and when each region saw it, what was cut,
// who was down.  A world without an observer pays one comparison; one with an observer does nothing else than without.
//
// What it holds is bounded, however long the run: figures over time grow coarser (measures.h); of the writes an even
// sample and the slowest are kept whole; of spans and marks the first, and then their number.  Only what is not
// everywhere yet, and two words an event, grow with the run, and less than the ledger that the checkers keep anyhow.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulations/ledger.h"
#include "simulations/measures.h"
#include "simulations/network.h"
#include "simulations/plan.h"

namespace skerry::simulations {

// Something that lasts.  Times are since the world began.
struct Span {
  enum class Kind : std::uint8_t {
    cut,           // from `host` to `other`
    slow_path,     // the same
    session,       // `host` has one with `other`
    down,          // the process of `host` does not run
    paused,        //
    slow_disk,     //
    clock_frozen,  //
  };
  Kind kind = Kind::cut;
  HostIndex host = 0;
  HostIndex other = 0;
  std::int64_t amount = 0;  // as the fault has it
  Duration from{};
  Duration to{};
};

// Something that happens at once.
struct Mark {
  enum class Kind : std::uint8_t { killed, lost_power, failed, started, sync_error, clock_step };
  Kind kind = Kind::killed;
  HostIndex host = 0;
  std::int64_t amount = 0;
  Duration at{};
};

// A write or a removal, and when it became visible.
struct Write {
  HostIndex author = 0;
  Duration at{};
  std::uint64_t number = 0;  // how many came before it
  std::string what;
  std::vector<std::optional<Duration>> seen;  // by host: how long after `at`; its author at once
  bool lost = false;                          // with its author, before it was durable
};

class Chronicle {
 public:
  static constexpr std::size_t spans_max = 20'000;
  static constexpr std::size_t marks_max = 10'000;
  static constexpr std::size_t sightings_max = 16'000;  // of sampled writes, each at each host
  static constexpr std::size_t slowest_max = 12;

  // REQUIRES 1 to 64 hosts.
  explicit Chronicle(std::size_t hosts);

  // --- what happens.  In order of time, since the world began.
  void operation(Duration at, HostIndex host);
  void began(Duration at, const Fault& fault);
  void ended(Duration at, const Fault& fault);
  void cut(Duration at, Path path);  // for good
  void host_up(Duration at, HostIndex host);
  void host_down(Duration at, HostIndex host, Mark::Kind how);
  void session_found(Duration at, HostIndex host, HostIndex peer);
  void session_lost(Duration at, HostIndex host, HostIndex peer);
  // Faults end and cuts heal.
  void healed(Duration at);
  // The host knows the event now.
  void learned(Duration at, core::Space space, HostIndex host, EventIndex event, const Ledger& ledger);
  // After the process of the host has ended: what was lost with it.  While it is down it counts as knowing the rest.
  void lost_with(Duration at, core::Space space, HostIndex host, const Ledger& ledger);
  // After a start: what its disk has forgotten it does not know any more.
  void loaded(Duration at, core::Space space, HostIndex host, const Ledger& ledger);
  // The run is over.
  void finish(Duration at, const Network& network);

  // --- what was seen
  struct Slow {
    Duration took;
    Write write;
  };
  struct Lag {
    Durations durations;      // from write to visibility
    std::uint64_t never = 0;  // writes that were not visible when the run ended
  };
  std::size_t hosts() const { return hosts_; }
  Duration end() const { return end_; }
  std::optional<Duration> healed_at() const { return healed_at_; }
  const std::vector<Span>& spans() const { return spans_; }  // by the time at which they end
  std::uint64_t spans_left_out() const { return spans_left_out_; }
  const std::vector<Mark>& marks() const { return marks_; }
  std::uint64_t marks_left_out() const { return marks_left_out_; }
  // An even sample in order of time: one of `write_stride()`.
  const std::vector<Write>& writes() const { return writes_; }
  std::uint64_t write_stride() const { return stride_; }
  // Those that took longest until they were everywhere, or have waited longest for that; at most one a batch.
  const std::vector<Slow>& slowest() const { return slowest_; }
  const Lag& lag(HostIndex author, HostIndex seen_by) const { return lags_[author * hosts_ + seen_by]; }
  const Durations& lag_everywhere() const { return everywhere_; }
  std::uint64_t never_everywhere() const { return never_everywhere_; }  // when the run ended
  const Network::Traffic& traffic(HostIndex from, HostIndex to) const { return traffic_[from * hosts_ + to]; }
  std::uint64_t writes_of(HostIndex host) const { return counts_[host].writes; }
  std::uint64_t operations_of(HostIndex host) const { return counts_[host].operations; }
  const Series& writes_over_time(HostIndex host) const { return writes_over_time_[host]; }
  // Events that are known to some and not to this one.
  const Series& lacks(HostIndex host) const { return lacks_[host]; }
  const Series& apart() const { return apart_; }        // known to some and not to all
  const Series& contexts() const { return contexts_; }  // how many different ones there are

 private:
  struct Key {
    core::Space space;
    EventIndex event = 0;
    auto operator<=>(const Key&) const = default;
  };
  // Of an event, a bit a host.
  struct Known {
    std::uint64_t now = 0;
    std::uint64_t ever = 0;
  };
  struct Open {
    Span span;
    std::uint32_t times = 1;  // cuts of one path add up
  };
  struct Flight {
    Write write;
    bool sampled = false;
  };
  struct HostCounts {
    std::uint64_t writes = 0;
    std::uint64_t operations = 0;
    std::uint64_t known = 0;        // events
    std::uint64_t fingerprint = 0;  // of their set
  };

  void open(const Span& span);
  void close(Duration at, const Span& span);
  template <class Which>
  void close_all(Duration at, Which&& which);
  void keep(Open open, Duration at);
  void mark(const Mark& mark);
  void set_known(const Key& key, std::uint64_t now);
  void take_off(const Key& key, Duration at, HostIndex author, std::string what);
  void see(const Key& key, Duration at, HostIndex host);
  void land(std::map<Key, Flight>::iterator flight);
  void sample_less();
  void keep_slowest(const Write& write, Duration took);
  void note_divergence(Duration at);

  std::size_t hosts_;
  Duration end_{};
  std::optional<Duration> healed_at_;
  std::vector<Open> open_;
  std::vector<Span> spans_;
  std::uint64_t spans_left_out_ = 0;
  std::vector<Mark> marks_;
  std::uint64_t marks_left_out_ = 0;

  std::map<core::Space, std::vector<Known>> known_;  // by event
  std::uint64_t events_ = 0;                         // that someone knows
  std::uint64_t apart_now_ = 0;
  std::map<Key, Flight> flights_;  // writes that were not seen everywhere yet
  std::vector<Write> writes_;
  std::uint64_t stride_ = 1;
  std::uint64_t writes_seen_ = 0;
  std::size_t sampled_ = 0;  // writes_, and those in flight that will be among them
  std::vector<Slow> slowest_;
  std::vector<Lag> lags_;
  Durations everywhere_;
  std::uint64_t never_everywhere_ = 0;
  std::vector<Network::Traffic> traffic_;
  std::vector<HostCounts> counts_;
  std::vector<Series> writes_over_time_;
  std::vector<Series> lacks_;
  Series apart_{Series::Kind::level};
  Series contexts_{Series::Kind::level};
};

}  // namespace skerry::simulations

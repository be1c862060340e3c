// Writes down what a world's clients live through, as a history.  A client asks one thing at a time and waits five
// seconds for it, as Maelstrom's do (jepsen-io/maelstrom, src/maelstrom/client.clj, `default-timeout`): what was not
// answered by then, or was lost with its process, is indefinite; a refused connection and an error are definite.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "simulations/client_events.h"
#include "simulations/maelstrom/workload.h"
#include "simulations/timeline.h"

namespace skerry::simulations::maelstrom {

inline constexpr Duration client_timeout = std::chrono::seconds(5);

class Recorder {
 public:
  Recorder(Workload workload, const Timeline& timeline) : workload_(workload), timeline_(timeline) {}

  // For World::listen.  The recorder outlives the world.
  ClientEvents events();
  // What is asked from now on is asked after everything healed.
  void last_reads_begin() { last_ = true; }
  // Nobody waits any more.  The history.
  const History& finish();

 private:
  struct Waiting {
    std::size_t invocation = 0;  // in the history
    Operation operation;
    std::optional<std::string> answer;
  };
  struct Deadline {
    Duration at{};
    std::uint64_t request = 0;
  };

  Duration now() const { return timeline_.now() - begin_of_world; }
  void invoke(const Operation& operation, const Meaning& meaning);
  void complete(std::size_t invocation, Duration at, Type type, Value value);
  void give_up(Duration until);
  void asked(std::uint64_t request, const Operation& operation);
  void refused(const Operation& operation);
  void answered(std::uint64_t request);
  void hung_up(HostIndex node);

  Workload workload_;
  const Timeline& timeline_;
  History history_;
  bool last_ = false;
  std::map<std::uint64_t, Waiting> waiting_;              // by request
  std::deque<Deadline> deadlines_;                        // in order of time
  std::map<HostIndex, std::vector<std::uint32_t>> idle_;  // processes at each node that have nothing to do
  std::uint32_t processes_ = 0;
};

}  // namespace skerry::simulations::maelstrom

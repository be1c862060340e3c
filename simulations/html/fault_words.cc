#include "simulations/html/fault_words.h"

#include <algorithm>
#include <map>

#include "core/ensure.h"
#include "simulations/html/text.h"

namespace skerry::simulations::html {

namespace {

using namespace std::chrono_literals;

std::string between(Duration low, Duration high) {
  return low == high ? words(low) : words(low) + " to " + words(high);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 < parts.size() ? ", " : " and ";
    text += parts[i];
  }
  return text;
}

const char* shape_of(Topology topology) {
  switch (topology) {
    case Topology::mesh:
      return "each has sessions with each other";
    case Topology::line:
      return "they stand in a line, and each has sessions with its neighbours only";
    case Topology::ring:
      return "they stand in a ring, and each has sessions with its two neighbours only";
    case Topology::hub:
      break;
  }
  return "the first is a hub, and the others have sessions with it only";
}

Topic links(const Conditions& conditions, const std::vector<std::string>& hosts) {
  const NetworkConditions& network = conditions.network;
  Topic topic{"Links", {}};
  topic.sentences.push_back(counted(hosts.size(), "replica") + "; " + shape_of(conditions.topology) + ".");
  topic.sentences.push_back("A packet takes " + between(network.delay_min, network.delay_max) +
                            (network.jitter > 0 ? ", and up to " + share_words(network.jitter) + " more." : "."));
  if (network.tail_chance > 0)
    topic.sentences.push_back(share_words(network.tail_chance) + " of packets are late by up to " +
                              words(network.tail_max) + ".");
  if (network.loss > 0)
    topic.sentences.push_back(share_words(network.loss) + " are lost, and sent again after a timeout, as TCP does.");
  if (network.damage > 0)
    topic.sentences.push_back(share_words(network.damage) +
                              " arrive with a flipped bit or twice: the session refuses them and ends.");
  topic.sentences.push_back(network.bytes_per_second == 0
                                ? "Roads are as wide as need be."
                                : "Each direction carries " + byte_words(network.bytes_per_second) + " a second.");
  if (network.one_side_dials) topic.sentences.push_back("Of each pair only one can dial the other.");
  if (const auto& apart = conditions.stay_apart) {
    topic.sentences.push_back("When all else heals, " + hosts[apart->first] + " and " + hosts[apart->second] +
                              " stay cut off from each other: the others join them.");
  }
  return topic;
}

Topic incidents(const FaultCounts& counts) {
  std::vector<std::string> there;
  std::vector<std::string> absent;
  const auto add = [&](std::uint32_t count, const char* one, const char* many) {
    if (count == 0) {
      absent.push_back(many);
    } else {
      there.push_back(count_words(count) + " " + (count == 1 ? one : many));
    }
  };
  add(counts.partitions, "partition", "partitions");
  add(counts.cuts, "cut of a single path", "cuts of single paths");
  add(counts.flaps, "flapping path", "flapping paths");
  add(counts.swizzles, "swizzle (paths cut one by one, healed in another order)",
      "swizzles (paths cut one by one, healed in another order)");
  add(counts.slow_paths, "slow path", "slow paths");
  add(counts.crashes, "crash", "crashes");
  add(counts.storms, "restart storm", "restart storms");
  add(counts.pauses, "pause of a process", "pauses of a process");
  add(counts.slow_disks, "slow disk", "slow disks");
  add(counts.sync_errors, "row of failing syncs", "rows of failing syncs");
  add(counts.clock_steps, "step of a clock", "steps of a clock");
  add(counts.clock_freezes, "clock that stands still", "clocks that stand still");
  Topic topic{"Incidents", {}};
  if (!there.empty()) topic.sentences.push_back("Drawn for this run: " + joined(there) + ".");
  if (!absent.empty()) topic.sentences.push_back("None of: " + joined(absent) + ".");
  return topic;
}

std::vector<Topic> machines(const Conditions& conditions, const std::vector<std::string>& hosts) {
  Topic disks{"Disks", {}};
  Topic clocks{"Clocks", {}};
  const HostConditions& first = conditions.hosts.front();
  disks.sentences.push_back(first.ack == Ack::durable
                                ? "Clients are answered when their write is on disk."
                                : "Clients are answered from memory, before their write is on disk.");
  disks.sentences.push_back("What was not synced when a machine loses power is lost, or partly kept.");
  for (std::size_t i = 0; i < conditions.hosts.size(); ++i) {
    const Disk::Options& disk = conditions.hosts[i].disk;
    std::string text = hosts[i] + ": a sync takes " + between(disk.sync_min, disk.sync_max);
    if (disk.stall_chance > 0)
      text += "; " + share_words(disk.stall_chance) + " of them stall for up to " + words(disk.stall_max);
    disks.sentences.push_back(text + ".");
    const Clock::Options& clock = conditions.hosts[i].clock;
    if (clock.offset == 0ms && clock.drift_ppm == 0) continue;
    clocks.sentences.push_back(hosts[i] + ": " + words(clock.offset) + " off, drifting by " +
                               std::to_string(clock.drift_ppm) + " ppm.");
  }
  if (clocks.sentences.empty()) clocks.sentences.push_back("All clocks are right until a fault moves one.");
  return {disks, clocks};
}

Topic clients(const WorkloadConditions& workload) {
  Topic topic{"Clients", {}};
  topic.sentences.push_back("About " + coordinate(workload.writes_per_second) +
                            " operations a second at each replica, " + share_words(workload.read_share) +
                            " of their commands are reads.");
  topic.sentences.push_back(count_words(workload.keys) + " keys of each kind, with " + count_words(workload.members) +
                            " members" + (workload.skew > 0 ? "; the first of them are hotter." : "."));
  std::vector<std::string> more;
  if (workload.burst_chance > 0) more.push_back(share_words(workload.burst_chance) + " begin a burst");
  if (workload.batch_chance > 0) more.push_back(share_words(workload.batch_chance) + " are batches (MULTI)");
  if (workload.flush_chance > 0) more.push_back(share_words(workload.flush_chance) + " empty everything (FLUSHDB)");
  if (!more.empty()) topic.sentences.push_back("Of the operations " + joined(more) + ".");
  if (workload.lifetime_max > 0ms)
    topic.sentences.push_back("Deadlines lie up to " + words(workload.lifetime_max) +
                              " ahead, or have passed already.");
  return topic;
}

}  // namespace

std::vector<Topic> fault_words(const Conditions& conditions, const std::vector<std::string>& hosts) {
  core::ensure(hosts.size() == conditions.hosts.size());
  std::vector<Topic> topics{incidents(conditions.faults), links(conditions, hosts)};
  for (Topic& topic : machines(conditions, hosts)) topics.push_back(std::move(topic));
  topics.push_back(clients(conditions.workload));
  return topics;
}

std::string invariant_words(const std::string& invariant) {
  static const std::map<std::string, std::string> all = {
      {"I1", "A dot names one event, for ever; a replica id is never used by two lives."},
      {"I2", "A dot is durable before any frame that carries it, and any durable answer about it, leaves the process."},
      {"I3",
       "For every event that a replica knows, its cells reflect that event, and whatever that event removed is known "
       "too. So the cells are a function of the known events."},
      {"I4", "Joining is commutative, associative, idempotent and total."},
      {"I5", "Nothing is concluded from absence."},
      {"I6", "What was removed never comes back, however long any replica was away."},
      {"I7", "Counters are exact: the sum of acknowledged increments minus what resets saw."},
      {"I8", "What a session has written or read it reads again, at any node that claims to cover its token."},
      {"I9", "A batch becomes visible as a whole, and after what it depends on."},
      {"I10", "Nothing grows without limit. At the limit the answer is an error or a slower road, never loss."},
      {"I11", "After healing, all queues drain and all replicas reach equal fingerprints within a bounded time."},
      {"I12", "The same seed and the same build give the same trace, byte for byte."}};
  const auto found = all.find(invariant);
  return found == all.end() ? "" : found->second;
}

}  // namespace skerry::simulations::html

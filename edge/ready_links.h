// The connections that have received something in this turn of the loop.  They run their requests together, when all
// that was ready has been read: so that the memory of what they ask for is on its way for many at the same time, as
// within one connection that pipelines (edge/key_lookahead.h).
#pragma once

#include <memory>
#include <vector>

namespace skerry::edge {

class ClientLink;
class Node;

// One thread.  Shared with the turn that is to run them, so it may outlive the connections' owner.
class ReadyLinks : public std::enable_shared_from_this<ReadyLinks> {
 public:
  // The node outlives all links that are not closed.
  explicit ReadyLinks(Node& node) : node_(node) {}

  // Calls link->run_received() after all handlers that are ready now.
  void add(std::shared_ptr<ClientLink> link);

 private:
  void run();
  void prefetch(std::size_t begin, std::size_t end);

  Node& node_;
  std::vector<std::shared_ptr<ClientLink>> links_;
  std::vector<std::shared_ptr<ClientLink>> running_;  // its memory is used again
};

}  // namespace skerry::edge

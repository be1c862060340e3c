#include "edge/node_links.h"

namespace skerry::edge {

LinkEvents link_events_of(Node& node) {
  return {
      .found =
          [&node](sync::LinkId link, const std::vector<core::Space>& spaces) {
            node.replica().peer_found(node.now(), link, spaces);
            node.used_by_peer();
          },
      .lost =
          [&node](sync::LinkId link) {
            node.replica().peer_lost(node.now(), link);
            node.used_by_peer();
          },
      .receive =
          [&node](sync::LinkId link, core::Space space, core::BytesView frame) {
            const core::Result<void> received = node.replica().receive(node.now(), link, space, frame);
            node.used_by_peer();
            return received;
          },
      .round_trip = [&node](sync::LinkId link,
                            core::Duration round_trip) { node.replica().round_trip(link, round_trip); },
      .full = [&node] { return node.full(); },
      .when_not_full = [&node](std::function<void()> resume) { node.when_not_full(std::move(resume)); },
  };
}

}  // namespace skerry::edge

#include "edge/ready_links.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "edge/client_link.h"
#include "edge/key_lookahead.h"
#include "sync/cell_table.h"

namespace skerry::edge {

namespace {
constexpr std::size_t group = sync::CellTable::prefetch_keys_max;
}

void ReadyLinks::add(std::shared_ptr<ClientLink> link) {
  links_.push_back(std::move(link));
  if (links_.size() == 1) boost::asio::post(node_.io(), [self = shared_from_this()] { self->run(); });
}

void ReadyLinks::run() {
  running_.swap(links_);
  for (std::size_t begin = 0; begin < running_.size(); begin += group) {
    const std::size_t end = std::min(running_.size(), begin + group);
    if (end - begin > 1) prefetch(begin, end);
    for (std::size_t i = begin; i < end; ++i) running_[i]->run_received();
  }
  running_.clear();
}

// The first key of each, of one space: nearly always all are in the same.
void ReadyLinks::prefetch(std::size_t begin, std::size_t end) {
  core::BytesView keys[group];
  std::size_t count = 0;
  std::optional<core::Space> space;
  for (std::size_t i = begin; i < end; ++i) {
    const ClientLink& link = *running_[i];
    if (link.closed() || (space && *space != link.session().space)) continue;
    space = link.session().space;
    count += keys_ahead(link.unread(), std::span(keys).subspan(count, 1)).keys;
  }
  if (space) node_.replica().prefetch(*space, std::span(keys).first(count));
}

}  // namespace skerry::edge

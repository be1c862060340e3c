// What a world tells its chronicle, where that takes more than a line.
#include "simulations/world.h"

namespace skerry::simulations {

namespace {

Mark::Kind mark_of(Ending ending) {
  switch (ending) {
    case Ending::told:
      return Mark::Kind::killed;
    case Ending::silent:
      return Mark::Kind::lost_power;
    case Ending::failed:
      break;
  }
  return Mark::Kind::failed;
}

}  // namespace

Duration World::since_begin() const {
  return timeline_.now() - begin_of_world;
}

void World::record(Chronicle& chronicle) {
  chronicle_ = &chronicle;
  for (std::uint16_t space = 0; space < checkers_.size(); ++space) {
    checkers_[space]->watch([this, space](HostIndex host, EventIndex event) {
      chronicle_->learned(since_begin(), core::Space{space}, host, event, checkers_[space]->ledger());
    });
  }
}

void World::note_start(HostIndex host) {
  chronicle_->host_up(since_begin(), host);
  for (std::uint16_t space = 0; space < checkers_.size(); ++space)
    chronicle_->loaded(since_begin(), core::Space{space}, host, checkers_[space]->ledger());
}

void World::note_ending(HostIndex host, Ending ending) {
  chronicle_->host_down(since_begin(), host, mark_of(ending));
  for (std::uint16_t space = 0; space < checkers_.size(); ++space)
    chronicle_->lost_with(since_begin(), core::Space{space}, host, checkers_[space]->ledger());
}

}  // namespace skerry::simulations

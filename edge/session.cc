#include "edge/session.h"

namespace skerry::edge {

void CommandQueue::push(const Command& command, Arguments arguments) {
  commands_.push_back({&command, arguments.size()});
  for (const BytesView word : arguments) {
    sizes_.push_back(static_cast<std::uint32_t>(word.size()));
    bytes_.append(word);
  }
}

void CommandQueue::clear() {
  *this = CommandQueue();
}

void Session::end_queueing() {
  queueing = false;
  queueing_failed = false;
  queue.clear();
  watches.clear();
}

void Session::reset() {
  end_queueing();
  protocol = Protocol::resp2;
  space = {};
  name.clear();
}

Sessions::Entry::Entry(Sessions& sessions, Session& session) : sessions_(sessions), id_(++sessions.last_id_) {
  session.id = id_;
  sessions_.sessions_.emplace(id_, &session);
}

Sessions::Entry::~Entry() {
  sessions_.sessions_.erase(id_);
}

}  // namespace skerry::edge

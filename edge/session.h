// What a node remembers about one client between its requests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/time.h"
#include "crdt/causal_context.h"
#include "edge/resp.h"
#include "sync/store.h"

namespace skerry::edge {

struct Command;

// The requests between MULTI and EXEC: copies, in one piece of memory.
class CommandQueue {
 public:
  bool empty() const { return commands_.empty(); }
  std::size_t size() const { return commands_.size(); }
  std::size_t bytes() const { return bytes_.size() + sizes_.size() * sizeof(sizes_[0]); }

  void push(const Command& command, Arguments arguments);
  void clear();

  // Calls visit(const Command&, Arguments) for each, in order.  The views live until visit returns.
  template <class F>
  void for_each(F&& visit) const;

 private:
  struct Queued {
    const Command* command;
    std::size_t words;
  };
  std::vector<Queued> commands_;
  std::vector<std::uint32_t> sizes_;
  Bytes bytes_;
};

// A key whose change between WATCH and EXEC makes EXEC do nothing.
struct Watch {
  core::Space space;
  Bytes key;
  sync::Lsn version = 0;
  bool present = false;  // an expiry in between is a change too, though nothing is written
};

// WAIT: the connection answers when this many peers hold `context`, or at the deadline with how many do.
struct PeerWait {
  std::uint64_t peers_wanted = 0;
  std::optional<core::Instant> deadline;  // none: for ever
  core::Space space;
  crdt::CausalContext context;
};

struct Session {
  std::uint64_t id = 0;
  std::string address;        // host:port of the client
  std::string local_address;  // and ours
  std::string name;
  std::string library_name;
  std::string library_version;
  Protocol protocol = Protocol::resp2;
  core::Space space;
  core::Instant connected_at{};
  core::Instant used_at{};
  const Command* last_command = nullptr;

  bool queueing = false;         // between MULTI and EXEC
  bool queueing_failed = false;  // EXEC will refuse
  CommandQueue queue;
  std::vector<Watch> watches;
  std::optional<PeerWait> wait;  // set by WAIT, cleared by the connection

  // DISCARD, and the end of EXEC.
  void end_queueing();
  // RESET: as if it had just connected.
  void reset();
};

// The sessions that there are, for CLIENT LIST and the cap.  Gives ids, which are never used twice.
class Sessions {
 public:
  // Until the Entry is destroyed the session is listed.  The session must outlive its entry, the entry not its
  // Sessions.
  class Entry {
   public:
    Entry(Sessions& sessions, Session& session);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    Sessions& sessions_;
    std::uint64_t id_;
  };

  std::size_t size() const { return sessions_.size(); }
  std::uint64_t connected_ever() const { return last_id_; }
  // In the order of ids.
  const std::map<std::uint64_t, const Session*>& all() const { return sessions_; }

 private:
  std::map<std::uint64_t, const Session*> sessions_;
  std::uint64_t last_id_ = 0;
};

template <class F>
void CommandQueue::for_each(F&& visit) const {
  std::vector<BytesView> words;
  std::size_t next_size = 0;
  std::size_t offset = 0;
  for (const Queued& queued : commands_) {
    words.clear();
    for (std::size_t i = 0; i < queued.words; ++i) {
      const std::uint32_t size = sizes_[next_size++];
      words.push_back(BytesView(bytes_).substr(offset, size));
      offset += size;
    }
    visit(*queued.command, Arguments(words));
  }
}

}  // namespace skerry::edge

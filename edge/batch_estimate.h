// How much a batch can become, asked before its first write: a batch that might not fit is refused as a whole, so that
// neither EXEC nor a command on many keys is ever applied in part.
//
// An upper bound by the rules of crdt/key_writer.h.  Most writes are one event.  A deadline that is kept or cleared is
// one more; making way for another kind, or for what has expired, up to two, and one for each member that has been
// incremented.  Which of these can happen is read from the keys and from the commands before in the batch.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "edge/command_table.h"
#include "edge/resp.h"
#include "sync/transaction.h"

namespace skerry::edge {

class BatchEstimate {
 public:
  // The transaction outlives this; nothing is written through it.
  explicit BatchEstimate(sync::Transaction& transaction) : transaction_(transaction) {}

  // Adds what a command would write after those added before.  The errors of the disk.
  core::Result<void> add(const Command& command, Arguments arguments);

  // Whether all that was added fits what sync/limits.h allows, beside what the transaction has written already.
  bool fits() const;
  // At most so many events come of what was added.
  std::uint64_t events() const { return events_; }

 private:
  // A key as the commands so far may have left it.
  struct Key {
    bool plain = false;           // of one kind, and without a deadline: a write is one event
    bool present = false;         // there is something
    Group group = Group::string;  // with `present`: of what kind
    bool keeps_resets = false;    // a member that is written may have to be removed by an event of its own
    std::uint64_t tallied = 0;    // how many such members there are
    std::size_t bytes = 0;        // of the string
  };
  core::Result<Key*> find(BytesView name);
  void add_write(Key& key, const Command& command, Arguments arguments);
  void add_string(Key& key, const Command& command, Arguments arguments);
  void add_resets(std::uint64_t resets);
  void add_removal(Key& key);

  sync::Transaction& transaction_;
  std::map<std::string, Key, std::less<>> keys_;
  std::uint64_t events_ = 0;
  std::uint64_t bytes_ = 0;
};

// "ERR too much for one batch: …", without the "ERR ".
Bytes too_much_for_a_batch();

}  // namespace skerry::edge

// The loop's middle: it owns the turn.  Commands and frames call the replica; once a turn the node appends what they
// caused to the store, and lets frames and answers go when their lsn is durable (docs/architecture.md).  It decides
// nothing about merging.  One thread (the io_context's); the store's waiting parts run on two threads that it lends.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "core/time.h"
#include "edge/ack.h"
#include "edge/store_figures.h"
#include "sync/output.h"
#include "sync/replica.h"

namespace skerry::edge {

class SqliteStore;

class Node {
 public:
  using FrameSink = std::function<void(sync::Frame frame)>;

  // All arguments outlive the node.
  Node(boost::asio::io_context& io, SqliteStore& store, sync::Replica& replica, Ack ack);
  ~Node();

  boost::asio::io_context& io();
  sync::Replica& replica();
  Ack ack() const;
  // The time as of this turn: cheap, the same for all that happens in one turn.
  core::Now now();

  // Somebody has used the replica: at the end of this turn of the loop its output is taken, once for all.
  void used();
  // The same by a peer's link: what is staged is not held back for more of the clients' (edge/group_commit.h).
  void used_by_peer();

  // Whether an answer that depends on `lsn` may leave now: when that is durable, or at level memory unless the disk is
  // too far behind (sync::memory_level_ahead_max).
  bool may_answer(sync::Lsn lsn);
  // Calls `answer` from the loop as soon as may_answer(lsn).  In the order of the calls for equal lsns.
  void when_answerable(sync::Lsn lsn, std::function<void()> answer);

  // Writes must wait (sync::Replica::full); on a full disk they need not, they are refused.  `resume` is called from
  // the loop when they need not any more.
  bool full() const;
  void when_not_full(std::function<void()> resume);

  // Where frames for peers go.  A link the sink does not know is ignored.
  void set_frame_sink(FrameSink sink);

  StoreFigures figures() const;

  // Why the node cannot go on: the disk or the replica's identity failed.  It has logged one line and stopped the
  // io_context; nothing that was not durable by then leaves any more.
  const std::optional<core::Error>& failure() const;

  // Finishes what was answered: appends, syncs, lets the last frames and answers go, flushes; then joins the threads.
  // Whoever calls the replica must have ended before; after this only the destructor may follow.  May take seconds.
  void stop();

 private:
  struct Insides;
  std::unique_ptr<Insides> insides_;
};

}  // namespace skerry::edge

@0x9d4c1a7be3502f66;
# How two replicas agree about one space.  This file is the protocol's specification; the argument why it is correct is
# docs/architecture.md's.
#
# Who talks.  Two replicas over a session: an authenticated, encrypted, ordered stream of frames in each direction
# (peer.capnp).  A session carries several spaces; each space is a conversation of its own with its own tables, and
# whatever follows is about one space.  Either side may speak at any time.  Nothing is a request, nothing is a reply.
#
# What may go wrong.  A session may end at any moment, and nothing that was sent is known to have arrived until the
# other side has said so in a State.  Within a session frames are neither lost nor reordered.  A frame that is not what
# this file says ends the session; both sides begin again with a new one and empty tables.  Nothing is ever concluded
# from what was not sent.
#
# The conversation
#
#   Hello    first, once, from each side: who I am, what I understand, what I have seen, where my log begins.
#   Chunk    a slice of my log, to be applied as a whole or not at all.
#   State    what I have on disk.  After chunks were applied, and when what I know has grown otherwise.
#   Refusal  I cannot apply that chunk: I lack something that it stands on.  Walk again from here.
#
# One exchange.  A has written SET milk 1 and seen nothing else, B is new; `{A:1}` is the context of A's dot 1.
#
#   A → B   newReplicas [A]   Hello { replica 0, protocol 1..1, context {A:1}, floor {} }
#   B → A   newReplicas [B]   Hello { replica 0, protocol 1..1, context {}, floor {} }
#   A → B   Chunk { number 1, base {}, seen: no change, covers [ cell 0 by A:1 ], cells [ milk: A:1 → "1" ] }
#   B → A   newReplicas [A]   State { context +{A:1}, appliedChunk 1, liveSessions [A] }     once it is on B's disk
#
# Then B runs DEL milk, which is an event of its own, B:1, that leaves nothing in the cell:
#
#   B → A   Chunk { number 1, base {A:1}, seen +{B:1}, covers [ cell 0 by B:1 ], cells [ milk: nothing ] }
#   A → B   newReplicas [B]   State { context +{B:1}, appliedChunk 1, liveSessions [B] }
#
# A's entry A:1 is gone: B does not have it, and B's `seen` holds it.  Neither side keeps anything about milk but the
# two contexts.
#
# Frames.  A message is cut into frames of at most 1 MiB, all but the last of exactly that size:
#
#   format u8 = 1 · begins u8 (1 in the first frame of a message, else 0) · 0 u16 · rest u32 big-endian · bytes
#
# `rest` counts the message's bytes from this frame's on: in the first frame it is the message's size, in the last that
# of the frame's own bytes.  It is at most 64 MiB and a multiple of 8, and checked before anything is kept.  The frames
# of two messages are not mixed.  Strung together, the bytes are one Cap'n Proto segment (no segment table) whose root is
# a Message.  The words that are reached from there, each counted as often as it is reached, are as many as the segment
# has: nothing is hidden behind a message, and nothing in it stands for more than itself.
#
# Slots of contexts (ContextChange).  Each direction has three, all beginning with ∅:
#
#   own     what the sender had seen       Hello.context, Chunk.seen, State.context, Refusal.context
#   base    what a chunk stands on         Hello.floor, Chunk.base
#   range   what a range removal had seen  CoveredEvent.range.context
#
# The changes of a message are to be applied in the order in which this file lists its fields.
#
# Versions.  The format byte of a frame changes when an old reader could not even refuse politely; everything else is
# negotiated: both sides speak the greatest protocol version that lies in both Hellos' ranges, and use a feature only if
# both have its bit; without a common version, or when one side may send payload types that the other does not know, the
# session ends.  Unknown fields are ignored; an unknown message, event or payload type is an error, since whoever sent
# it has not kept to what was agreed.  Fields are never renumbered, numbers never reused.

using Cell = import "cell.capnp";
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("skerry::schema");

struct Message {
  newReplicas @0 :Data;
  # Replica ids, 16 bytes each, that are appended to the sender's table before anything else is read.  None of them is
  # in it yet.

  union {
    hello @1 :Hello;
    chunk @2 :Chunk;
    state @3 :State;
    refusal @4 :Refusal;
  }
}

struct Hello {
  replica @0 :UInt32;         # whose conversation this is
  protocolMin @1 :UInt16;
  protocolMax @2 :UInt16;     # ≥ protocolMin ≥ 1
  features @3 :UInt64;        # none are defined yet
  payloadTypeMax @4 :UInt8;   # the sender knows the payload types from 1 to this
  context @5 :Cell.ContextChange;
  floor @6 :Cell.ContextChange;
  # The dots whose events have fallen off the sender's log: a receiver that lacks one of them cannot be streamed to.
}

struct Chunk {
  # The effect of some events of the sender's log, as one atomic step for the receiver.  Cells and `seen` are of one
  # instant: of now, or of one that the sender's disk remembers.  Every chunk is closed: whatever its events depend on is
  # in it or in `base`, and no batch is split.
  #
  # The receiver applies it only if it has seen all of `base`.  Then, in one commit: it drops from the cells under each
  # covered range what the range's context holds; it joins each carried cell with its own, judged by `seen`; it adds
  # each covered dot that it did not know to its context and to its own log, in this order.  Otherwise it may keep the
  # chunk for a while, in order, and answers with a Refusal if `base` does not arrive.
  number @0 :UInt64;          # counts the chunks of this session, from 1
  reserved @1 :Bool;          # always false, and not read (docs/decisions/0012-every-chunk-is-closed.md)
  base @2 :Cell.ContextChange;
  seen @3 :Cell.ContextChange;
  covers @4 :List(CoveredEvent);     # in the order of the sender's log
  cells @5 :List(Cell.CarriedCell);  # of this space; each address once
}

struct CoveredEvent {
  # One event that a chunk accounts for.
  replica @0 :UInt32;
  sequence @1 :UInt64;        # 1 ≤ sequence < 2⁶⁴ - 1
  batchCount @2 :UInt32;
  batchOffset @3 :UInt32;
  # The event is number `batchOffset`, from 0, of `batchCount` events of its replica that become visible as a whole.
  # The sequences of a batch follow on each other.  Both 0: not part of any.

  union {
    cell @5 :UInt32;          # changed Chunk.cells[cell]
    cellAt @6 :Data;          # changed the cell at this address, which is not carried, since a covered range removed it
    range :group {            # removed a key with every kind and member (an address of kind 0), or a whole space
      address @7 :Data;
      context @8 :Cell.ContextChange;  # the dots that the removal had seen: it removes these and no others
    }
    unused @4 :UInt64;
    # Sequences from this one (≥ 1, ≤ `sequence`) to `sequence` were reserved and never used.  Changes nothing.
  }
}

struct State {
  # What the sender has on disk: hints for the receiver's walk, its log's lag and WAIT.  No safety rests on them.
  context @0 :Cell.ContextChange;
  appliedChunk @1 :UInt64;           # the last chunk of the receiver's that is applied and on disk; 0 if none
  liveSessions @2 :List(UInt32);
  # Replicas (at most 128) with which the sender has a session now: their own events need no relay.
}

struct Refusal {
  # The chunk cannot be applied, nor any later one that stands on it.  The receiver walks its log again from the first
  # entry that `context` does not hold.
  chunk @0 :UInt64;
  context @1 :Cell.ContextChange;    # what the sender had seen when it refused
}

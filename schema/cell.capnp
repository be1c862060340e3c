@0xb1d0f1c2a6a8e3f1;
# Cells, dots and causal contexts on the wire: the words that the messages of sync.capnp are made of.
#
# A cell is a map from dots to payloads; a dot names one write event for ever; a causal context is the set of dots that
# a replica has seen.  What they mean is docs/architecture.md's affair; this file says which bytes they are.
#
# Replica ids.  A replica id is 16 random bytes.  Messages do not repeat it: each direction of a session has, for each
# space, a table of ids, and `replica` is an index into it, from 0.  The message that first uses an id announces it
# (Message.newReplicas).  An index beyond the table is an error; the table holds at most 65,536 ids.
#
# Addresses.  An address names a cell, a key with all its cells, or a space.  It is bytes that sort by (space, key,
# kind, member), and all cells of a key share one prefix:
#
#   space u16 big-endian · key, each byte 00 of it written as 00 FF · 00 00 · kind u8 · member
#
#   kind   0 the key itself, with every kind and member      3 a field of a hash
#          1 string                                          4 a member of a set
#          2 expiry                                          5 a member of a sorted set
#
# `member` is empty for kinds 0 to 2.  The two bytes of the space alone are the address of the whole space.  Key and
# member together are at most 32 KiB.  Example: field "qty" of hash "a" in space 3 is 0003 61 0000 03 717479.
#
# Payloads.  What a dot carries.  Bytes with one canonical form, so that they can be compared, stored and signed without
# being understood; a receiver refuses any other form, a type that does not belong into a cell of that kind, and more
# than 8 MiB:
#
#   type u8 · stamp u64 big-endian · body
#
#   type           in cells of kind   body
#   1 presence     4                  nothing
#   2 register     1, 3, 5            deadline · resets · the value's bytes up to the end; in kind 5 a score:
#                                     f64, big-endian, not NaN
#   3 tally        1, 3, 5            birth varint · count varint · sum i128 (two's complement, big-endian)
#                                     · fraction f64 (IEEE 754 bits, big-endian) · resets
#   4 resets       1, 3, 5            resets
#   5 expiry       2                  deadline · over: varint count, then dots (16 bytes · sequence varint), sorted
#
#   stamp     hybrid time: 48 bits of Unix milliseconds, 16 bits of counter
#   deadline  varint: 0 is none, else Unix milliseconds + 1
#   resets    varint count, then, sorted by (replica, birth), one each: replica 16 bytes · birth varint
#             · count varint · sum i128 · fraction f64
#   varint    LEB128, least significant seven bits first, in its shortest form
#
# Example: SET to "hi" without a deadline at stamp 1 is 02 0000000000000001 00 00 6869.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("skerry::schema");

struct Entry {
  # One live write of a cell.
  replica @0 :UInt32;
  sequence @1 :UInt64;  # 1 ≤ sequence < 2⁶⁴ - 1
  payload @2 :Data;
}

struct CarriedCell {
  # A cell as it is at the sender.  No entries: everything that ever was in it is removed.
  address @0 :Data;           # of kind 1 to 5
  entries @1 :List(Entry);    # at most 65,536, sorted by (replica id, sequence), one each
}

struct Part {
  # The dots of one replica in a context.
  replica @0 :UInt32;
  intervals @1 :List(UInt64);
  # first, last, first, last, …: both ends included, 1 ≤ first ≤ last < 2⁶⁴ - 1, sorted, with a gap between neighbours;
  # never empty.
}

struct ContextChange {
  # A context as a change to the last one that was sent in the same slot (sync.capnp names the slots):
  #
  #   context = (full ? ∅ : last \ removed) ∪ added
  #
  # So a null pointer is "the same as last time", and the first context of a slot is a change to ∅.  A sender uses
  # `full` where that is shorter.  The result has at most 65,536 intervals in all.
  full @0 :Bool;            # REQUIRES `removed` to be empty
  removed @1 :List(Part);   # sorted by replica id, one each
  added @2 :List(Part);     # sorted by replica id, one each
}

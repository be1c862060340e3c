@0xc6b8e0f41d29a755;
# What two nodes are to each other once they have proved who they are.
#
# The road there.  A TCP connection; the handshake of edge/secure_session.h (Noise_XXpsk0_25519_ChaChaPoly_SHA256), after
# which each side knows the other's static key and has found it in its configuration; sealed records from then on
# (edge/record.h).  Inside them runs Cap'n Proto RPC, two parties, the dialler as its client side.  Each side's bootstrap
# capability is a Peer, made for this peer and no other: there is nothing else to ask for, and no way to name what was
# not handed over.
#
# A session.  Each side calls `join` once, at once.  It is up, for one side, when its own join has returned; calls to
# `deliver` that arrive before that wait.  From then on both sides deliver frames (sync.capnp) for each space that they
# were given, one conversation each way and space, and call `heartbeat` every second.
#
#   dialler → answerer   join [0, 1, 2]
#   answerer → dialler   join [0, 1]
#   answerer → dialler   return [ 0: SpaceLink, 1: SpaceLink ]
#   dialler → answerer   return [ 0: SpaceLink, 1: SpaceLink ]
#   dialler → answerer   deliver [ Hello ] to its space 0, and to its space 1
#   …
#
# The end.  A session ends when the connection does, when nothing at all has arrived for 4 s, when a frame is not what
# sync.capnp says, or when an operator cuts the link.  Nothing is said about it: whoever is left dials again, soon at
# first, then less and less often, up to every 30 s.
#
# One session for two nodes.  If both dial at once, both keep the connection whose dialler has the smaller static key
# (compared as bytes) and close the other.  A dialler that comes again replaces its own older connection.
#
# Limits.  Until the handshake is done: 5 s, 4 KiB a message.  Then: 4 MiB an RPC message, nesting 16, and 8 MiB of calls
# being answered, beyond which a side stops reading.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("skerry::schema");

interface Peer {
  join @0 (spaces :List(UInt16)) -> (links :List(Grant));
  # I would replicate these spaces with you.  The answer is one link for each of them that you would replicate with me:
  # the only way to write there.  Once a session.

  heartbeat @1 () -> ();
  # Are you there?  The time to the answer is the session's round trip.
}

struct Grant {
  space @0 :UInt16;
  link @1 :SpaceLink;
}

interface SpaceLink {
  # One space of the node that handed it out.

  deliver @0 (frames :List(Data)) -> ();
  # The next frames of this conversation, in order.  Returns soon after they have been taken in, together with others, which
  # says nothing about disks (State does): it is how the sender knows that it may send more.
}

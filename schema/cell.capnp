@0xb1d0f1c2a6a8e3f1;
# Cells on the wire.  (The specification is completed with sync/wire.cc.)

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("skerry::schema");

struct Entry {
  replica @0 :UInt32;
  sequence @1 :UInt64;
  payload @2 :Data;
}

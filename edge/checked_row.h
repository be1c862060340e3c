// The checksum that every row carries, because SQLite notices few flipped bits (426 of 600 in
// an experiment passed its own integrity check).  Keyed with the incarnation of the directory:
// a row of another directory, of another table or under another key does not pass.
#pragma once

#include <optional>
#include <string>

#include "core/bytes.h"
#include "core/digest.h"
#include "core/ids.h"

namespace skerry::edge {

enum class Table : std::uint8_t { store = 1, facts = 2, rows = 3, segments = 4, witness = 5 };  // on disk: never change

// What an error says about a row that does not pass.  Never the key: logs and answers are read by many.
std::string damaged_row(const std::string& path, Table table);

// One thread: it keeps a scratch buffer.
class RowChecker {
 public:
  explicit RowChecker(const core::ReplicaId& incarnation);

  std::uint64_t checksum(Table table, core::BytesView key, core::BytesView value);

  // A value as it stands on disk: format u8 · checksum u64 · the value.  Replaces what is in `to`.
  void put(core::Bytes& to, Table table, core::BytesView key, core::BytesView value);
  // The value again; nothing if the checksum does not match or the format is unknown.  A view into `stored`.
  std::optional<core::BytesView> get(Table table, core::BytesView key, core::BytesView stored);

 private:
  core::ChecksumKey key_;
  core::Bytes scratch_;
};

}  // namespace skerry::edge

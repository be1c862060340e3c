#include "edge/checked_row.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;

namespace {

constexpr std::uint8_t row_format = 2;  // 1: SipHash instead of XXH3
constexpr BytesView checksum_key_context = "skerry row checksum";

std::string_view name(Table table) {
  switch (table) {
    case Table::store:
      return "store";
    case Table::facts:
      return "facts";
    case Table::rows:
      return "rows";
    case Table::segments:
      return "segments";
    case Table::witness:
      return "witness";
  }
  return "unknown";
}

}  // namespace

std::string damaged_row(const std::string& path, Table table) {
  return path + ": a row of the table `" + std::string(name(table)) +
         "` is damaged (its checksum does not match): look at the disk, then move the data directory away and start "
         "with an empty one, peers will fill it";
}

RowChecker::RowChecker(const core::ReplicaId& incarnation) {
  Bytes bytes(checksum_key_context);
  bytes.append(incarnation.bytes.begin(), incarnation.bytes.end());
  key_ = core::checksum_key(bytes);
}

std::uint64_t RowChecker::checksum(Table table, BytesView key, BytesView value) {
  scratch_.clear();
  core::put_u8(scratch_, row_format);
  core::put_u8(scratch_, static_cast<std::uint8_t>(table));
  // The value's own checksum stands for it: no copy of a long value, and no doubt where the key ends.
  core::put_u64(scratch_, core::checksum(key_, value));
  scratch_.append(key);
  return core::checksum(key_, scratch_);
}

void RowChecker::put(Bytes& to, Table table, BytesView key, BytesView value) {
  to.clear();
  core::put_u8(to, row_format);
  core::put_u64(to, checksum(table, key, value));
  to.append(value);
}

std::optional<BytesView> RowChecker::get(Table table, BytesView key, BytesView stored) {
  core::ByteReader reader(stored);
  const std::uint8_t format = reader.u8();
  const std::uint64_t expected = reader.u64();
  if (!reader.ok() || format != row_format || checksum(table, key, reader.rest()) != expected) return std::nullopt;
  return reader.rest();
}

}  // namespace skerry::edge

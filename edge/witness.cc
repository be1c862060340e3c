#include "edge/witness.h"

#include <algorithm>

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::fail;
using core::ReplicaId;
using core::Result;
using sync::Lsn;

namespace {

// Two slots, written in turn, each within one sector of the disk: a torn write leaves the other.
constexpr std::size_t slot_bytes = 512;
constexpr unsigned slots = 2;
constexpr std::size_t record_bytes = 16 + 1 + 8 + 8;

}  // namespace

Bytes Witness::record(Lsn lsn) {
  Bytes value, bytes(incarnation_.bytes.begin(), incarnation_.bytes.end());
  core::put_u64(value, lsn);
  Bytes checked;
  checker_.put(checked, Table::witness, "", value);
  return bytes + checked;
}

std::optional<Lsn> Witness::read_record(BytesView bytes) {
  if (bytes.size() < record_bytes) return std::nullopt;
  core::ByteReader reader(bytes.substr(0, record_bytes));
  const BytesView incarnation = reader.take(incarnation_.bytes.size());
  if (!std::equal(incarnation.begin(), incarnation.end(), incarnation_.bytes.begin(),
                  [](char left, std::uint8_t right) { return static_cast<std::uint8_t>(left) == right; }))
    return std::nullopt;
  const std::optional<BytesView> value = checker_.get(Table::witness, "", reader.rest());
  if (!value) return std::nullopt;
  return core::ByteReader(*value).u64();
}

Result<Witness> Witness::make(const Files& files, const std::string& path, const ReplicaId& incarnation) {
  const std::string unfinished = path + ".new";
  {
    Result<std::unique_ptr<File>> file = files.open_or_make(unfinished);
    if (!file) return tl::make_unexpected(file.error());
    Witness witness(std::move(*file), incarnation);
    for (unsigned i = 0; i < slots; ++i) {
      if (Result<void> done = witness.reach(0); !done) return tl::make_unexpected(done.error());
    }
    if (Result<void> done = witness.sync(); !done) return tl::make_unexpected(done.error());
  }
  Result<void> done = files.rename(unfinished, path).and_then([&] { return files.sync_directory(parent_of(path)); });
  if (!done) return tl::make_unexpected(done.error());
  Result<std::optional<Witness>> made = open(files, path, incarnation);
  if (!made) return tl::make_unexpected(made.error());
  if (!*made) return fail(ErrorCode::io, path + ": this file vanished while skerry opened its data directory");
  return std::move(**made);
}

Result<std::optional<Witness>> Witness::open(const Files& files, const std::string& path,
                                             const ReplicaId& incarnation) {
  Result<std::unique_ptr<File>> file = files.open(path);
  if (!file) return tl::make_unexpected(file.error());
  if (!*file) return std::nullopt;
  Witness witness(std::move(*file), incarnation);
  const Result<Bytes> bytes = witness.file_->read_at(0, slots * slot_bytes);
  if (!bytes) return tl::make_unexpected(bytes.error());
  bool found = false;
  for (unsigned i = 0; i < slots; ++i) {
    const std::size_t begin = std::min<std::size_t>(i * slot_bytes, bytes->size());
    const std::optional<Lsn> lsn = witness.read_record(BytesView(*bytes).substr(begin));
    if (!lsn || (found && *lsn < witness.reached_)) continue;
    found = true;
    witness.reached_ = *lsn;
    witness.slot_ = i;
  }
  if (!found)
    return fail(ErrorCode::corrupt,
                path +
                    ": this file is damaged or belongs to another data directory, so nobody knows whether the log is "
                    "whole: move the directory away and start with an empty one, peers will fill it");
  return witness;
}

Result<void> Witness::reach(Lsn lsn) {
  const unsigned slot = (slot_ + 1) % slots;
  // What failed may have torn the slot; the other one is left alone until this one is good.
  if (Result<void> done = file_->write_at(slot * slot_bytes, record(lsn)); !done) return done;
  slot_ = slot;
  reached_ = lsn;
  return {};
}

}  // namespace skerry::edge

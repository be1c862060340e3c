#include "edge/store_file.h"

#include <algorithm>

#include "edge/checked_row.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::fail;
using core::ReplicaId;
using core::Result;

namespace {

constexpr BytesView incarnation_key = "incarnation";

Result<void> make(Database& database, const StoreFileFormat& format, const ReplicaId& incarnation) {
  Result<void> done = database.execute("PRAGMA page_size=" + std::to_string(format.page_bytes));
  if (done) done = database.start_writing();
  if (!done) return done;
  // One transaction: after a crash the file is either made or still empty.
  done = database.execute("BEGIN IMMEDIATE");
  if (!done) return done;
  done = database.execute(std::string(all_files_schema) + std::string(format.schema) +
                          "PRAGMA application_id=" + std::to_string(format.application_id) +
                          ";PRAGMA user_version=" + std::to_string(format.version));
  if (!done) return done;
  Result<Statement> insert = database.prepare("INSERT INTO store(key, value) VALUES(?1, ?2)");
  if (!insert) return tl::make_unexpected(insert.error());
  Bytes value;
  const Bytes id(incarnation.bytes.begin(), incarnation.bytes.end());
  RowChecker(incarnation).put(value, Table::store, incarnation_key, id);
  insert->bind(1, incarnation_key);
  insert->bind(2, value);
  if (done = insert->run(); !done) return done;
  return database.execute("COMMIT");
}

Result<void> check_format(const Database& database, const StoreFileFormat& format) {
  const Result<std::int64_t> id = database.integer("PRAGMA application_id");
  const Result<std::int64_t> version = database.integer("PRAGMA user_version");
  if (!id) return tl::make_unexpected(id.error());
  if (!version) return tl::make_unexpected(version.error());
  if (*id != format.application_id)
    return fail(ErrorCode::corrupt, database.path() + ": this is not " + std::string(format.name) +
                                        " of skerry (its application id is " + std::to_string(*id) +
                                        "): put the right file there, or use another data directory");
  if (*version > format.version)
    return fail(ErrorCode::unsupported, database.path() + ": this file has version " + std::to_string(*version) +
                                            ", and this build reads no newer than " + std::to_string(format.version) +
                                            ": use the skerry that wrote it, or a newer one");
  if (*version < 1)
    return fail(ErrorCode::corrupt, database.path() + ": this file has version " + std::to_string(*version) +
                                        ", which never was: move the data directory away and start with an empty one");
  return {};
}

Result<ReplicaId> read_incarnation(const Database& database) {
  Result<Statement> select = database.prepare("SELECT value FROM store WHERE key=?1");
  if (!select) return tl::make_unexpected(select.error());
  select->bind(1, incarnation_key);
  const Result<bool> row = select->step();
  if (!row) return tl::make_unexpected(row.error());
  ReplicaId incarnation;
  // The checksum's key is made from the very value that it guards, so the value is read before it is checked.
  const BytesView stored = *row ? select->blob(0) : BytesView();
  if (stored.size() >= incarnation.bytes.size()) {
    const BytesView id = stored.substr(stored.size() - incarnation.bytes.size());
    std::transform(id.begin(), id.end(), incarnation.bytes.begin(),
                   [](char byte) { return static_cast<std::uint8_t>(byte); });
    if (RowChecker(incarnation).get(Table::store, incarnation_key, stored) == id) return incarnation;
  }
  return fail(ErrorCode::corrupt, database.path() +
                                      ": this file does not say whose it is any more (table `store`): "
                                      "move the data directory away and start with an empty one, peers "
                                      "will fill it");
}

}  // namespace

Result<StoreFile> open_store_file(const Files& files, const std::string& path, const StoreFileFormat& format,
                                  const std::optional<ReplicaId>& incarnation_if_new) {
  const Result<bool> found = files.exists(path);
  if (!found) return tl::make_unexpected(found.error());
  if (!*found && incarnation_if_new) {
    // SQLite would make the file readable for all; its companions get the mode of the file.
    if (auto made = files.open_or_make(path); !made) return tl::make_unexpected(made.error());
  } else if (!*found) {
    return fail(ErrorCode::corrupt, path +
                                        ": this file is missing, and the others in its directory are not enough: "
                                        "bring it back, or move the directory away and start with an empty one");
  }

  Result<std::unique_ptr<Database>> writer = Database::open(path, Database::Role::writer, files.vfs());
  if (!writer) return tl::make_unexpected(writer.error());
  const Result<std::int64_t> tables = (*writer)->integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tl::make_unexpected(tables.error());
  Result<void> ready =
      *tables == 0 && incarnation_if_new ? make(**writer, format, *incarnation_if_new) : check_format(**writer, format);
  if (ready) ready = (*writer)->start_writing();
  if (!ready) return tl::make_unexpected(ready.error());
  const Result<ReplicaId> incarnation = read_incarnation(**writer);
  if (!incarnation) return tl::make_unexpected(incarnation.error());
  Result<std::unique_ptr<Database>> reader = Database::open(path, Database::Role::reader, files.vfs());
  if (!reader) return tl::make_unexpected(reader.error());
  return StoreFile{std::move(*writer), std::move(*reader), *incarnation};
}

// What a killed process had not synced is in the system's cache, and reads as if it were on disk.  What a failed sync
// has left behind does so too, and no later sync brings it, for Linux takes those pages for clean; a checkpoint of it
// would be half a database.  So each byte is written once more, as it is, and then synced: a power cut meanwhile does
// no harm.  To close this file takes no lock away: SQLite has them on the two others.
Result<void> make_safe(const Files& files, const std::string& path) {
  constexpr std::size_t step = 1 << 20;
  const Result<std::unique_ptr<File>> log = files.open(path + "-wal");
  if (!log) return tl::make_unexpected(log.error());
  if (*log == nullptr) return {};
  for (std::size_t offset = 0;; offset += step) {
    const Result<Bytes> bytes = (*log)->read_at(offset, step);
    if (!bytes) return tl::make_unexpected(bytes.error());
    if (Result<void> done = (*log)->write_at(offset, *bytes); !done) return done;
    if (bytes->size() < step) return (*log)->sync();
  }
}

}  // namespace skerry::edge

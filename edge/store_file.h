// One of the store's two SQLite files: what kind of file it is, which version, and whose.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/ids.h"
#include "core/result.h"
#include "edge/file.h"
#include "edge/sqlite.h"

namespace skerry::edge {

struct StoreFileFormat {
  std::string_view name;        // as an error calls it
  std::int64_t application_id;  // says that the file is ours, and which one
  std::int64_t version;         // the newest we know
  int page_bytes;               // of a new file
  std::string_view schema;      // of that version, with the tables of all_files_schema
};

// In both files: `store` holds the incarnation and what only the store itself writes, `facts` the replica's facts.
// Values are checked rows (edge/checked_row.h).
inline constexpr std::string_view all_files_schema =
    "CREATE TABLE store(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE facts(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;";

struct StoreFile {
  std::unique_ptr<Database> writer;
  std::unique_ptr<Database> reader;
  core::ReplicaId incarnation;
};

// Opens the file.  Where it is missing or empty, makes it for `incarnation_if_new`; without one that is an error.
// Errors: `unsupported` if it is of a newer version, `corrupt` if it is no such file or does not say whose it is.
core::Result<StoreFile> open_store_file(const Files& files, const std::string& path, const StoreFileFormat& format,
                                        const std::optional<core::ReplicaId>& incarnation_if_new);

// The write-ahead log of the file survives a power cut from now on, also if a process that was killed wrote it, or one
// that died because a sync failed.  For the one who opened the file, before anybody counts on what is there.
core::Result<void> make_safe(const Files& files, const std::string& path);

}  // namespace skerry::edge

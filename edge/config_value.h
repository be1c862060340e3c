// The values that a configuration may have, and what to say of the others.  Each error is the part of a sentence behind
// "file:line: [table] key: ": what is wrong, and what is accepted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "edge/ack.h"

namespace skerry::edge {

inline constexpr core::BytesView name_accepted = "1 to 64 letters, digits, '.', '_' or '-', such as eu-west";
inline constexpr core::BytesView cluster_accepted =
    "1 to 64 letters, digits, '.', '_', '-' or '/', such as production/1";
inline constexpr core::BytesView folder_accepted = "the path of a folder";
inline constexpr core::BytesView secret_file_accepted =
    "the path of a file that holds the secret, as `skerry keygen` makes it";
inline constexpr core::BytesView ack_accepted = "durable or memory";
inline constexpr core::BytesView cache_accepted = "a size from 1MiB to 1TiB, such as 64MiB";

tl::unexpected<core::Error> not_accepted(const std::string& what, core::BytesView accepted);

// A stranger's text for a sentence of ours: no longer than `size_max`, and nothing in it ends a line or moves a
// terminal's cursor.
std::string printable(core::BytesView text, std::size_t size_max);
std::string in_quotes(core::BytesView text);  // the same, in quotes and short

core::Result<std::string> parse_name(core::BytesView text);          // of a region or a peer
core::Result<std::string> parse_cluster_name(core::BytesView text);  // may have a slash in it
core::Result<Ack> parse_ack(core::BytesView text);
core::Result<std::size_t> parse_cache(core::BytesView text);
// Both see a relative path from `base`.
core::Result<std::filesystem::path> parse_folder(core::BytesView text, const std::filesystem::path& base);
core::Result<std::filesystem::path> parse_secret_file(core::BytesView text, const std::filesystem::path& base);

// "64MiB" in bytes: a whole number and B, KiB, MiB, GiB or TiB; nothing for anything else.
std::optional<std::uint64_t> parse_size(core::BytesView text);

// "'cahce' is not known; the nearest is 'cache', accepted are ...".  REQUIRES that something is known.
std::string unknown_word(core::BytesView word, std::span<const core::BytesView> known);

}  // namespace skerry::edge

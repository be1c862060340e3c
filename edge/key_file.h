// Keys as text, and secrets as files: one line each, `skerry-private-key:` or `skerry-cluster-secret:` and 32 bytes in
// base64.  A secret never stands in a configuration, in an argument or in a log: only the path of its file does.
#pragma once

#include <filesystem>
#include <string>

#include "core/result.h"
#include "edge/x25519.h"

namespace skerry::edge {

// `skerry-public-key:` and base64.
std::string to_text(const PublicKey& key);
// Fails, with a sentence that says what is accepted, for anything but what to_text() writes, and for keys of small
// order.
core::Result<PublicKey> public_key_from_text(core::BytesView text);

// Make a new secret in a new file that only its owner may read (0600).  Fail when the file exists: a key that is
// overwritten is a node that nobody knows any more.
core::Result<PublicKey> create_private_key_file(const std::filesystem::path& path);
core::Result<void> create_cluster_secret_file(const std::filesystem::path& path);

// Fail when the file is missing, is no regular file, may be read by anyone but its owner, or does not hold such a line.
// The sentence names the path and what is accepted, and nothing of the content.
core::Result<KeyPair> read_private_key_file(const std::filesystem::path& path);
core::Result<SecretKey> read_cluster_secret_file(const std::filesystem::path& path);

}  // namespace skerry::edge

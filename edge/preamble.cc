#include "edge/preamble.h"

#include <algorithm>

#include "core/digest.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::Result;

namespace {

constexpr BytesView magic = "SKRY";
constexpr std::uint8_t role_node = 1;
constexpr std::uint8_t payload_format = 1;

BytesView view(const std::array<std::uint8_t, 16>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string to_string(VersionRange range) {
  return std::to_string(range.min) + " to " + std::to_string(range.max);
}

ClusterId cluster_id_of(BytesView name) {
  Bytes text = "skerry cluster id\n";
  text.append(name);
  return core::digest(text);
}

// Keyed BLAKE2b is a pseudo-random function of its key, so the id says nothing about the secret.
KeyId key_id_of(const SecretKey& cluster_secret) {
  constexpr BytesView context = "skerry cluster secret id";
  std::array<std::uint8_t, crypto_generichash_BYTES_MAX> value{};
  crypto_generichash(value.data(), value.size(), unsigned_data(context), context.size(), cluster_secret.data(),
                     SecretKey::size);
  KeyId id{};
  std::copy_n(value.begin(), id.size(), id.begin());
  return id;
}

Bytes encode(const Preamble& preamble) {
  Bytes bytes(magic);
  core::put_u16(bytes, preamble.versions.min);
  core::put_u16(bytes, preamble.versions.max);
  bytes.append(view(preamble.key_id));
  core::put_u8(bytes, role_node);
  core::ensure(bytes.size() == preamble_size);
  return bytes;
}

Result<Preamble> decode_preamble(BytesView bytes) {
  core::ByteReader reader(bytes);
  if (reader.take(magic.size()) != magic) return core::fail(ErrorCode::malformed, "the peer does not speak skerry");
  Preamble preamble{};
  preamble.versions.min = reader.u16();
  preamble.versions.max = reader.u16();
  const BytesView key_id = reader.take(preamble.key_id.size());
  std::copy(key_id.begin(), key_id.end(), preamble.key_id.begin());
  const std::uint8_t role = reader.u8();
  core::ensure(reader.done());
  if (role != role_node) return core::fail(ErrorCode::unsupported, "the peer has a role this version does not know");
  return preamble;
}

Result<std::uint16_t> choose_version(VersionRange ours, VersionRange theirs) {
  const std::uint16_t chosen = std::min(ours.max, theirs.max);
  if (theirs.min <= theirs.max && chosen >= std::max(ours.min, theirs.min)) return chosen;
  return core::fail(ErrorCode::unsupported,
                    "the peer speaks versions " + to_string(theirs) + ", this node " + to_string(ours));
}

Bytes encode_payload(std::uint16_t version) {
  Bytes bytes;
  core::put_u8(bytes, payload_format);
  core::put_u16(bytes, version);
  core::put_u16(bytes, 0);  // no certificates
  return bytes;
}

Result<std::uint16_t> decode_payload(BytesView bytes) {
  core::ByteReader reader(bytes);
  const std::uint8_t format = reader.u8();
  const std::uint16_t version = reader.u16();
  core::ByteReader certificates(reader.take(reader.u16()));
  while (certificates.ok() && !certificates.rest().empty()) certificates.take(certificates.u16());
  if (reader.ok() && format != payload_format) {
    return core::fail(ErrorCode::unsupported, "a handshake payload has a format this version does not know");
  }
  if (!reader.done() || !certificates.done()) {
    return core::fail(ErrorCode::malformed, "a handshake payload does not have the form of its format");
  }
  return version;
}

}  // namespace skerry::edge

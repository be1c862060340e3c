// Records: a stream of bytes sealed under the keys of a session.  A record is its ciphertext's size (u16, big-endian,
// authenticated as associated data) and the ciphertext.  Nonces are counted, not sent, so a record that was altered,
// reordered, repeated, left out, reflected or taken from another session has a tag that does not match.
#pragma once

#include <cstdint>

#include "core/result.h"
#include "edge/noise_cipher.h"

namespace skerry::edge {

inline constexpr std::size_t record_header_size = 2;
inline constexpr std::size_t record_ciphertext_max = 65'535;  // what a Noise message may hold (section 3)
inline constexpr std::size_t record_plaintext_max = record_ciphertext_max - CipherState::tag_size;
// When a direction rekeys and when it ends; both sides must have the same.
struct RecordLimits {
  // After so many records or plaintext bytes since the last rekey, whichever comes first: a pure count, so nothing has
  // to be signalled.
  std::uint64_t rekey_records = 1'000;
  std::uint64_t rekey_bytes = 16 << 20;
  // A session ends long before its keys could wear out; a new handshake is cheap.
  std::uint64_t session_records = std::uint64_t{1} << 32;
};

// Counts one direction's records.
class RecordCounter {
 public:
  explicit RecordCounter(RecordLimits limits) : limits_(limits) {}

  std::uint64_t records_left() const { return limits_.session_records - records_; }
  // One more record.  Whether a rekey is due now.  REQUIRES records_left() > 0.
  bool count(std::size_t plaintext_bytes);

 private:
  RecordLimits limits_;
  std::uint64_t records_ = 0;
  std::uint64_t records_since_rekey_ = 0;
  std::uint64_t bytes_since_rekey_ = 0;
};

// Seals what this side sends.  One thread.
class RecordSealer {
 public:
  RecordSealer(CipherState cipher, RecordLimits limits);  // REQUIRES that the cipher has a key

  // Appends `plain` to `to` as as few records as hold it (none for no bytes).  `to` must not hold `plain`.  Fails, with
  // `to` as it was and for good, when the session has sent all the records it may.
  core::Result<void> seal(core::BytesView plain, core::Bytes& to);

 private:
  CipherState cipher_;
  RecordCounter counter_;
};

// Opens what the peer sealed.  One thread.
class RecordOpener {
 public:
  RecordOpener(CipherState cipher, RecordLimits limits);  // REQUIRES that the cipher has a key

  // Takes the next bytes of the stream, however they were cut, and appends the plaintext of each record that they
  // complete to `plain`: never more bytes than were taken in.  Keeps at most one incomplete record.  Whole records are
  // decrypted from `stream` into `plain` without a copy between.  `plain` must not hold `stream`.
  //
  // The first record that does not verify fails this call and every later one; the key is gone by then.  What was
  // appended before that record is genuine.
  core::Result<void> open(core::BytesView stream, core::Bytes& plain);

  // Whether the stream may end here.  If not, its last record was cut off.
  bool between_records() const { return partial_.empty(); }
  bool failed() const { return !cipher_.has_key(); }

 private:
  core::Result<void> open_record(core::BytesView record, core::Bytes& plain);
  core::Result<void> open_all(core::BytesView stream, core::Bytes& plain);
  core::Result<core::BytesView> complete_partial(core::BytesView stream, core::Bytes& plain);

  CipherState cipher_;
  RecordCounter counter_;
  core::Bytes partial_;  // the beginning of a record
};

}  // namespace skerry::edge

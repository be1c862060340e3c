#include "edge/record.h"

#include <algorithm>

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::Result;

namespace {

std::size_t ciphertext_size(BytesView header) {
  return core::ByteReader(header).u16();
}

// Our sealer makes no empty records, so a smaller one is nobody's we know.
Result<std::size_t> checked_record_size(BytesView header) {
  const std::size_t size = ciphertext_size(header);
  if (size <= CipherState::tag_size) return core::fail(ErrorCode::malformed, "a record is too short to hold anything");
  return record_header_size + size;
}

Result<void> session_over() {
  return core::fail(ErrorCode::refused, "the session has carried all the records it may, or has failed before");
}

}  // namespace

bool RecordCounter::count(std::size_t plaintext_bytes) {
  core::ensure(records_left() > 0);
  ++records_;
  ++records_since_rekey_;
  bytes_since_rekey_ += plaintext_bytes;
  const bool due = records_since_rekey_ >= limits_.rekey_records || bytes_since_rekey_ >= limits_.rekey_bytes;
  if (due) records_since_rekey_ = bytes_since_rekey_ = 0;
  return due;
}

// A cipher without a key passes bytes through (Noise, section 5.1), which a record must never meet: having a key is
// what the constructors demand and what every call asks first.
RecordSealer::RecordSealer(CipherState cipher, RecordLimits limits) : cipher_(std::move(cipher)), counter_(limits) {
  core::ensure(cipher_.has_key());
}

Result<void> RecordSealer::seal(BytesView plain, Bytes& to) {
  const std::size_t records = (plain.size() + record_plaintext_max - 1) / record_plaintext_max;
  if (!cipher_.has_key() || records > counter_.records_left()) {
    cipher_.clear();
    return session_over();
  }
  while (!plain.empty()) {
    const BytesView piece = plain.substr(0, record_plaintext_max);
    plain.remove_prefix(piece.size());
    Bytes header;  // two bytes: no allocation
    core::put_u16(header, static_cast<std::uint16_t>(piece.size() + CipherState::tag_size));
    to.append(header);
    const Result<void> sealed = cipher_.encrypt_with_ad(header, piece, to);
    core::ensure(sealed.has_value());  // session_records_max is far below the nonce's end
    if (counter_.count(piece.size())) cipher_.rekey();
  }
  return {};
}

RecordOpener::RecordOpener(CipherState cipher, RecordLimits limits) : cipher_(std::move(cipher)), counter_(limits) {
  core::ensure(cipher_.has_key());
}

Result<void> RecordOpener::open(BytesView stream, Bytes& plain) {
  if (failed()) return session_over();
  const Result<void> opened = open_all(stream, plain);
  if (!opened) {
    cipher_.clear();
    partial_.clear();
  }
  return opened;
}

Result<void> RecordOpener::open_all(BytesView stream, Bytes& plain) {
  if (!partial_.empty()) {
    const Result<BytesView> rest = complete_partial(stream, plain);
    if (!rest) return tl::make_unexpected(rest.error());
    stream = *rest;
  }
  while (stream.size() >= record_header_size) {
    const Result<std::size_t> size = checked_record_size(stream.substr(0, record_header_size));
    if (!size) return tl::make_unexpected(size.error());
    if (stream.size() < *size) break;
    if (const Result<void> opened = open_record(stream.substr(0, *size), plain); !opened) return opened;
    stream.remove_prefix(*size);
  }
  partial_.append(stream);
  return {};
}

// Fills the record begun earlier from the front of `stream`; the answer is what is left of it.
Result<BytesView> RecordOpener::complete_partial(BytesView stream, Bytes& plain) {
  const auto fill_to = [&](std::size_t size) {
    const BytesView taken = stream.substr(0, size - std::min(size, partial_.size()));
    partial_.append(taken);
    stream.remove_prefix(taken.size());
    return partial_.size() >= size;
  };
  if (!fill_to(record_header_size)) return stream;
  const Result<std::size_t> size = checked_record_size(BytesView(partial_).substr(0, record_header_size));
  if (!size) return tl::make_unexpected(size.error());
  if (!fill_to(*size)) return stream;
  if (const Result<void> opened = open_record(partial_, plain); !opened) return tl::make_unexpected(opened.error());
  partial_.clear();
  return stream;
}

Result<void> RecordOpener::open_record(BytesView record, Bytes& plain) {
  if (counter_.records_left() == 0) return session_over();
  const Result<void> opened =
      cipher_.decrypt_with_ad(record.substr(0, record_header_size), record.substr(record_header_size), plain);
  if (!opened) return core::fail(ErrorCode::refused, "a record does not verify: altered, reordered or not the peer's");
  if (counter_.count(record.size() - record_header_size - CipherState::tag_size)) cipher_.rekey();
  return {};
}

}  // namespace skerry::edge

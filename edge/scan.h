// SCAN, HSCAN, SSCAN and ZSCAN: their options, their reply, and how the members of one key are visited in pieces.
//
// A cursor holds no state at the server.  Members are visited in the order of a hash of their names: a cursor is the
// hash from which to go on.  So a member that is there from the first call to the last is visited at least once,
// whatever comes and goes in between.
#pragma once

#include <cstdint>
#include <optional>

#include "edge/call.h"
#include "edge/glob.h"

namespace skerry::edge {

struct ScanOptions {
  std::uint64_t cursor = 0;
  std::uint64_t count = 10;
  std::optional<BytesView> pattern;
  std::optional<BytesView> type;  // SCAN only

  bool wants(BytesView name) const { return !pattern || Glob(*pattern).matches(name); }
};

// The cursor; or nothing, after the error was answered.
std::optional<std::uint64_t> scan_cursor(Call& call, BytesView word);
// The options from words[first] on; or nothing, after the error was answered.
enum class ScanOf { keys, members };
std::optional<ScanOptions> scan_options(Call& call, std::uint64_t cursor, std::size_t first, ScanOf of);
// A pattern that is not too long; otherwise the error is answered.
bool accepts_pattern(Call& call, BytesView pattern);

// The names that one call visits, of `size` members in all.
class ScanPage {
 public:
  ScanPage(const ScanOptions& options, std::uint64_t size);
  bool holds(BytesView name) const;
  std::uint64_t next_cursor() const { return last_ ? *last_ + 1 : 0; }

 private:
  std::uint64_t first_;
  std::optional<std::uint64_t> last_;  // none: to the end
};

// The elements of a scan's reply, until their number and the cursor are known.
class ScanReply {
 public:
  explicit ScanReply(Reply& reply) : to_(reply), elements_(bytes_, reply.protocol()) {}

  // Appends an element with add(); whoever adds two for a name calls it twice.
  Reply& add() {
    ++count_;
    return elements_;
  }
  bool overflows() const { return elements_.overflows(); }
  void send(std::uint64_t cursor);

 private:
  Reply& to_;
  Bytes bytes_;
  Reply elements_;
  std::size_t count_ = 0;
};

}  // namespace skerry::edge

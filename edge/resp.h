// RESP, the protocol of Redis clients: requests are taken apart, replies put together, in versions 2 and 3.
// Source: Redis serialization protocol specification (RESP2 and RESP3), redis.io.  Error texts are those of Redis 7.0.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "edge/client_limits.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;

// The words of one request; the first is the command's name.
using Arguments = std::span<const BytesView>;

// Takes requests (arrays of bulk strings, or lines typed by hand) from the front of a buffer.  Remembers how far it
// got, so that a request which arrives in many pieces costs no more than one that arrives at once.
class RequestParser {
 public:
  enum class Progress { complete, incomplete, failed };

  // Looks at `bytes`, which begin where the last complete request ended and, after `incomplete`, have only grown (they
  // may have moved).  A quoted line is unquoted in place.
  Progress parse(std::span<char> bytes);

  // After `complete`: the words, as views into the bytes.  Empty for an empty line, which asks for nothing.
  Arguments arguments() const { return words_; }
  // After `complete`: how many bytes the request took.
  std::size_t consumed() const { return position_; }
  // After `incomplete`: how many bytes, from the first of this request, are needed to get any further.
  std::size_t needed() const { return needed_; }
  // No request is begun: the next one starts at the first byte that parse() is given.
  bool between_requests() const { return between_requests_; }
  // After `failed`: what to answer before the connection is closed.
  BytesView error() const { return error_; }

 private:
  struct Piece {
    std::uint32_t offset;
    std::uint32_t size;
  };

  void begin_request();
  Progress parse_array(std::span<char> bytes);
  Progress parse_line(std::span<char> bytes);
  // The number of a header line, whose first byte is at position_; on success position_ is behind the line.
  struct Header {
    Progress progress;
    std::optional<std::int64_t> number;
  };
  Header parse_header(BytesView bytes, const char* too_long);
  Progress need(std::size_t bytes);
  Progress fail(BytesView text);

  std::vector<Piece> pieces_;
  std::vector<BytesView> words_;
  std::size_t position_ = 0;
  std::size_t needed_ = 0;
  std::int64_t words_missing_ = 0;  // of an array whose header was read
  std::int64_t word_bytes_ = -1;    // of the word whose header was read
  bool between_requests_ = true;
  Bytes error_;
};

enum class Protocol : std::uint8_t { resp2 = 2, resp3 = 3 };

// Appends replies to a buffer that many replies share.  Collections are a header and then their elements.
class Reply {
 public:
  Reply(Bytes& to, Protocol protocol) : to_(to), protocol_(protocol) {}

  Protocol protocol() const { return protocol_; }
  void set_protocol(Protocol protocol) { protocol_ = protocol; }  // HELLO, RESET: in the middle of a batch

  void ok() { to_.append("+OK\r\n"); }
  void simple(BytesView text) { line('+', text); }
  // `text` with its code in front: "ERR syntax error".  Ends of lines in it become blanks.
  void error(BytesView text);
  void integer(std::int64_t value) { number(':', value); }
  void bulk(BytesView bytes);
  void null();
  void null_array();
  void real(double value);  // a score
  void boolean(bool value);
  void verbatim(BytesView text);  // for people to read
  void big_number(BytesView digits);

  void array(std::size_t size) { number('*', size); }
  void map(std::size_t pairs) { protocol_ == Protocol::resp3 ? number('%', pairs) : number('*', 2 * pairs); }
  void set(std::size_t size) { number(protocol_ == Protocol::resp3 ? '~' : '*', size); }
  void push(std::size_t size) { number(protocol_ == Protocol::resp3 ? '>' : '*', size); }

  // A collection whose size is known only after its elements: mark the place, append the elements, then close it.
  struct Mark {
    std::size_t position;
  };
  Mark mark() const { return {to_.size()}; }
  void close_array(Mark mark, std::size_t size) { insert_header(mark, '*', size); }
  void close_map(Mark mark, std::size_t pairs);
  void close_set(Mark mark, std::size_t size) { insert_header(mark, protocol_ == Protocol::resp3 ? '~' : '*', size); }
  // Replies that were written elsewhere.
  void append(BytesView replies) { to_.append(replies); }
  // Forgets all that was appended since the mark.
  void rewind(Mark mark) { to_.resize(mark.position); }

  // The client could not take so much: whoever appends in a loop stops, and the connection will be closed.
  bool overflows() const { return to_.size() > unsent_bytes_max; }
  // How many errors were appended, for statistics.
  std::uint64_t errors() const { return errors_; }

 private:
  static constexpr std::size_t header_bytes_max = 24;  // a marker, 20 digits, the end of the line

  template <class Number>
  static std::size_t put_header(char* to, char marker, Number value) {
    to[0] = marker;
    char* const end = std::to_chars(to + 1, to + header_bytes_max, value).ptr;
    end[0] = '\r';
    end[1] = '\n';
    return static_cast<std::size_t>(end - to) + 2;
  }
  template <class Number>
  void number(char marker, Number value) {
    char header[header_bytes_max];
    to_.append(header, put_header(header, marker, value));
  }
  void insert_header(Mark mark, char marker, std::size_t size);
  void line(char marker, BytesView text);

  Bytes& to_;
  Protocol protocol_;
  std::uint64_t errors_ = 0;
};

// A double as Redis 7.0 writes scores: 17 significant digits, "inf", "-inf".
Bytes print_score(double value);

}  // namespace skerry::edge

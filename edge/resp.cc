#include "edge/resp.h"

#include <cmath>
#include <cstring>

#include "core/ensure.h"
#include "crdt/number.h"

namespace skerry::edge {

namespace {

// What a word list keeps between requests; a longer one is given back.
constexpr std::size_t words_kept = 256;

bool is_blank(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

std::optional<int> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

char escaped(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return letter;
  }
}

// One line typed by hand, split at blanks as redis-cli's users know it: "double quotes" with escapes, 'single quotes'
// with only \'.  A word never grows by unquoting, so each is written over its own place.
class LineSplitter {
 public:
  explicit LineSplitter(std::span<char> line) : line_(line) {}

  // The next word; nothing at the end, or when the quotes are wrong (balanced() tells).
  std::optional<std::span<char>> next() {
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
    if (at_ == line_.size()) return std::nullopt;
    const std::size_t begin = at_;
    std::size_t end = begin;
    while (balanced_ && at_ < line_.size() && !ends_word(line_[at_])) {
      const char byte = line_[at_++];
      if (byte == '"' || byte == '\'') {
        end = unquote(byte, end);
        break;
      }
      line_[end++] = byte;
    }
    if (!balanced_) return std::nullopt;
    return line_.subspan(begin, end - begin);
  }

  bool balanced() const { return balanced_; }

 private:
  static bool ends_word(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

  // Writes what stands between here and the closing quote to `to`; returns where that ends.
  std::size_t unquote(char quote, std::size_t to) {
    for (; at_ < line_.size(); ++at_) {
      if (line_[at_] == quote) {
        ++at_;
        balanced_ = at_ == line_.size() || is_blank(line_[at_]);
        return to;
      }
      line_[to++] = line_[at_] == '\\' ? escape(quote) : line_[at_];
    }
    balanced_ = false;
    return to;
  }

  // The byte that the backslash here and what follows it stand for; leaves at_ on the last byte used.
  char escape(char quote) {
    const std::size_t left = line_.size() - at_ - 1;
    if (quote == '\'') {
      if (left == 0 || line_[at_ + 1] != '\'') return '\\';
      return line_[++at_];
    }
    if (left >= 3 && line_[at_ + 1] == 'x') {
      const auto high = hex_digit(line_[at_ + 2]);
      const auto low = hex_digit(line_[at_ + 3]);
      if (high && low) {
        at_ += 3;
        return static_cast<char>(*high << 4 | *low);
      }
    }
    if (left == 0) return '\\';
    return escaped(line_[++at_]);
  }

  std::span<char> line_;
  std::size_t at_ = 0;
  bool balanced_ = true;
};

}  // namespace

void RequestParser::begin_request() {
  between_requests_ = false;
  position_ = 0;
  words_missing_ = 0;
  word_bytes_ = -1;
  pieces_.clear();
  if (words_.capacity() > words_kept) {
    std::vector<BytesView>().swap(words_);
    std::vector<Piece>().swap(pieces_);
  }
}

RequestParser::Progress RequestParser::parse(std::span<char> bytes) {
  if (between_requests_) begin_request();
  if (bytes.empty()) return need(1);
  const Progress progress = bytes.front() == '*' ? parse_array(bytes) : parse_line(bytes);
  if (progress != Progress::incomplete) between_requests_ = true;
  return progress;
}

RequestParser::Progress RequestParser::need(std::size_t bytes) {
  needed_ = bytes;
  return bytes > request_bytes_max ? fail("too big request") : Progress::incomplete;
}

RequestParser::Progress RequestParser::fail(BytesView text) {
  error_ = "ERR Protocol error: ";
  error_.append(text);
  return Progress::failed;
}

RequestParser::Header RequestParser::parse_header(BytesView bytes, const char* too_long) {
  const BytesView rest = bytes.substr(position_);
  const std::size_t end = rest.find('\r');
  if (end == BytesView::npos && rest.size() > inline_bytes_max) return {fail(too_long), {}};
  if (end == BytesView::npos || end + 1 == rest.size()) return {need(bytes.size() + 1), {}};
  position_ += end + 2;
  return {Progress::complete, crdt::parse_integer(rest.substr(1, end - 1))};
}

RequestParser::Progress RequestParser::parse_array(std::span<char> bytes) {
  const BytesView text(bytes.data(), bytes.size());
  if (position_ == 0) {
    const Header header = parse_header(text, "too big mbulk count string");
    if (header.progress != Progress::complete) return header.progress;
    if (!header.number || *header.number > static_cast<std::int64_t>(arguments_max)) {
      return fail("invalid multibulk length");
    }
    words_missing_ = *header.number;
  }
  while (words_missing_ > 0) {
    if (word_bytes_ < 0) {
      if (position_ < text.size() && text[position_] != '$') {
        return fail(Bytes("expected '$', got '") + text[position_] + "'");
      }
      const Header header = parse_header(text, "too big bulk count string");
      if (header.progress != Progress::complete) return header.progress;
      const bool fits =
          header.number && *header.number >= 0 && *header.number <= static_cast<std::int64_t>(sync::value_bytes_max);
      if (!fits) return fail("invalid bulk length");
      word_bytes_ = *header.number;
    }
    const auto size = static_cast<std::size_t>(word_bytes_);
    if (text.size() - position_ < size + 2) return need(position_ + size + 2);
    pieces_.push_back({static_cast<std::uint32_t>(position_), static_cast<std::uint32_t>(size)});
    position_ += size + 2;
    word_bytes_ = -1;
    --words_missing_;
  }
  words_.clear();
  for (const Piece& piece : pieces_) words_.push_back(text.substr(piece.offset, piece.size));
  return Progress::complete;
}

RequestParser::Progress RequestParser::parse_line(std::span<char> bytes) {
  const BytesView text(bytes.data(), bytes.size());
  const std::size_t end = text.find('\n');
  if (end == BytesView::npos) {
    return text.size() > inline_bytes_max ? fail("too big inline request") : need(text.size() + 1);
  }
  position_ = end + 1;
  // A line ends at its first NUL too, as in Redis, whose lines are C strings.
  const std::size_t size = std::min(end > 0 && text[end - 1] == '\r' ? end - 1 : end, text.find('\0'));
  words_.clear();
  LineSplitter splitter(bytes.subspan(0, size));
  while (const auto word = splitter.next()) words_.emplace_back(word->data(), word->size());
  return splitter.balanced() ? Progress::complete : fail("unbalanced quotes in request");
}

void Reply::line(char marker, BytesView text) {
  to_.push_back(marker);
  to_.append(text);
  to_.append("\r\n");
}

void Reply::error(BytesView text) {
  ++errors_;
  const std::size_t begin = to_.size();
  line('-', text);
  for (std::size_t i = begin; i < to_.size() - 2; ++i) {
    if (to_[i] == '\r' || to_[i] == '\n') to_[i] = ' ';
  }
}

void Reply::bulk(BytesView bytes) {
  char header[header_bytes_max];
  const std::size_t size = put_header(header, '$', bytes.size());
  to_.append(header, size);
  to_.append(bytes);
  to_.append("\r\n", 2);
}

void Reply::null() {
  to_.append(protocol_ == Protocol::resp3 ? "_\r\n" : "$-1\r\n");
}
void Reply::null_array() {
  to_.append(protocol_ == Protocol::resp3 ? "_\r\n" : "*-1\r\n");
}

void Reply::real(double value) {
  const Bytes text = print_score(value);
  protocol_ == Protocol::resp3 ? line(',', text) : bulk(text);
}

void Reply::boolean(bool value) {
  if (protocol_ == Protocol::resp2) return integer(value ? 1 : 0);
  to_.append(value ? "#t\r\n" : "#f\r\n");
}

void Reply::verbatim(BytesView text) {
  if (protocol_ == Protocol::resp2) return bulk(text);
  number('=', text.size() + 4);
  to_.append("txt:");
  to_.append(text);
  to_.append("\r\n");
}

void Reply::big_number(BytesView digits) {
  protocol_ == Protocol::resp3 ? line('(', digits) : bulk(digits);
}

void Reply::close_map(Mark mark, std::size_t pairs) {
  protocol_ == Protocol::resp3 ? insert_header(mark, '%', pairs) : insert_header(mark, '*', 2 * pairs);
}

void Reply::insert_header(Mark mark, char marker, std::size_t size) {
  char header[header_bytes_max];
  to_.insert(mark.position, header, put_header(header, marker, size));
}

Bytes print_score(double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::general, 17).ptr;
  return Bytes(digits, end);
}

}  // namespace skerry::edge

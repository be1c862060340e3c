#include "edge/scan.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace skerry::edge {

namespace {

// A key with so many members or fewer is visited at one go, as Redis does with its compact encodings.
constexpr std::uint64_t page_members_min = 512;
// Each page looks at every member of the key, so there are at most so many pages.
constexpr std::uint64_t pages_max = 64;

// FNV-1a (Fowler, Noll, Vo), with its high bits mixed as splitmix64 does: pages are ranges of the whole number.
std::uint64_t place_of(BytesView name) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char byte : name) hash = (hash ^ static_cast<std::uint8_t>(byte)) * 1099511628211u;
  hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ hash >> 27) * 0x94d049bb133111ebu;
  return hash ^ hash >> 31;
}

}  // namespace

std::optional<std::uint64_t> scan_cursor(Call& call, BytesView word) {
  // As Redis reads it with strtoul: up to a NUL, nothing is 0, and a sign is accepted.
  BytesView digits = word.substr(0, word.find('\0'));
  if (digits.empty()) return 0;
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.remove_prefix(1);
  std::uint64_t cursor = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cursor);
  if (error == std::errc() && end == digits.data() + digits.size()) return negative ? -cursor : cursor;
  call.reply.error("ERR invalid cursor");
  return std::nullopt;
}

bool accepts_pattern(Call& call, BytesView pattern) {
  if (pattern.size() <= pattern_bytes_max) return true;
  call.reply.error("ERR pattern is longer than " + std::to_string(pattern_bytes_max) + " bytes");
  return false;
}

std::optional<ScanOptions> scan_options(Call& call, std::uint64_t cursor, std::size_t first, ScanOf of) {
  ScanOptions options;
  options.cursor = cursor;
  for (std::size_t i = first; i < call.size(); i += 2) {
    const BytesView option = call[i];
    const BytesView value = i + 1 < call.size() ? call[i + 1] : BytesView();
    if (i + 1 == call.size()) {
      call.reply.error(syntax_error);
      return std::nullopt;
    }
    if (same_word(option, "count")) {
      const auto count = integer_argument(call, value);
      if (!count) return std::nullopt;
      if (*count < 1) {
        call.reply.error(syntax_error);
        return std::nullopt;
      }
      options.count = std::min(static_cast<std::uint64_t>(*count), scan_count_max);
    } else if (same_word(option, "match")) {
      if (!accepts_pattern(call, value)) return std::nullopt;
      options.pattern = value;
    } else if (same_word(option, "type") && of == ScanOf::keys) {
      options.type = value;
    } else {
      call.reply.error(syntax_error);
      return std::nullopt;
    }
  }
  return options;
}

ScanPage::ScanPage(const ScanOptions& options, std::uint64_t size) : first_(options.cursor) {
  constexpr std::uint64_t everything = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t wanted = std::max({options.count, page_members_min, size / pages_max});
  if (wanted >= size) return;
  const std::uint64_t width = everything / size * wanted;
  if (width < everything - first_) last_ = first_ + width;
}

bool ScanPage::holds(BytesView name) const {
  if (first_ == 0 && !last_) return true;
  const std::uint64_t place = place_of(name);
  return place >= first_ && (!last_ || place <= *last_);
}

void ScanReply::send(std::uint64_t cursor) {
  to_.array(2);
  to_.bulk(std::to_string(cursor));
  to_.array(count_);
  to_.append(bytes_);
}

}  // namespace skerry::edge

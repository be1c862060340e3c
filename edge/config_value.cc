#include "edge/config_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "core/ensure.h"

namespace skerry::edge {

using core::BytesView;
using core::ErrorCode;
using core::Result;
using std::filesystem::path;

namespace {

constexpr std::size_t name_size_max = 64;
constexpr std::uint64_t cache_bytes_min = 1 << 20;
constexpr std::uint64_t cache_bytes_max = std::uint64_t{1} << 40;

bool is_name(BytesView text, BytesView besides) {
  return !text.empty() && text.size() <= name_size_max && std::all_of(text.begin(), text.end(), [besides](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           besides.find(c) != besides.npos;
  });
}

bool is_path(BytesView text) {
  return !text.empty() && text.find('\0') == text.npos;
}

bool begins_with(BytesView text, BytesView prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// Levenshtein's distance (1966): how many letters to insert, delete or replace.
std::size_t edit_distance(BytesView one, BytesView other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t k = 0; k < other.size(); ++k) {
      const std::size_t replaced = diagonal + (one[i] == other[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({replaced, row[k] + 1, row[k + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

tl::unexpected<core::Error> not_accepted(const std::string& what, BytesView accepted) {
  return core::fail(ErrorCode::invalid, what + "; accepted is " + std::string(accepted));
}

std::string printable(BytesView text, std::size_t size_max) {
  std::string shown(text.substr(0, size_max));
  for (char& c : shown) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return shown + (text.size() > size_max ? "..." : "");
}

std::string in_quotes(BytesView text) {
  return "'" + printable(text, 60) + "'";
}

Result<std::string> parse_name(BytesView text) {
  if (is_name(text, "._-")) return std::string(text);
  return not_accepted(in_quotes(text) + " is no name", name_accepted);
}

Result<std::string> parse_cluster_name(BytesView text) {
  if (is_name(text, "._-/")) return std::string(text);
  return not_accepted(in_quotes(text) + " is no name", cluster_accepted);
}

Result<Ack> parse_ack(BytesView text) {
  if (text == "durable") return Ack::durable;
  if (text == "memory") return Ack::memory;
  return not_accepted(in_quotes(text) + " is no level", ack_accepted);
}

Result<std::size_t> parse_cache(BytesView text) {
  const std::optional<std::uint64_t> bytes = parse_size(text);
  if (!bytes) return not_accepted(in_quotes(text) + " is no size with a unit (B, KiB, MiB, GiB, TiB)", cache_accepted);
  if (*bytes < cache_bytes_min || *bytes > cache_bytes_max) {
    return not_accepted(in_quotes(text) + " is out of range", cache_accepted);
  }
  return static_cast<std::size_t>(*bytes);
}

Result<path> parse_folder(BytesView text, const path& base) {
  if (is_path(text)) return base / text;
  return not_accepted(in_quotes(text) + " is no path", folder_accepted);
}

Result<path> parse_secret_file(BytesView text, const path& base) {
  // Not repeated in the sentence, and neither is what else is no path.
  if (begins_with(text, "skerry-private-key:") || begins_with(text, "skerry-cluster-secret:")) {
    return not_accepted("a secret stands where the path of its file belongs", secret_file_accepted);
  }
  if (is_path(text)) return base / text;
  return not_accepted("this is no path", secret_file_accepted);
}

std::optional<std::uint64_t> parse_size(BytesView text) {
  constexpr std::array<std::pair<BytesView, unsigned>, 5> units = {
      {{"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}}};
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const BytesView rest = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& [unit, shift] : units) {
    if (rest != unit) continue;
    const bool fits = number <= std::numeric_limits<std::uint64_t>::max() >> shift;
    return fits ? std::optional(number << shift) : std::nullopt;
  }
  return std::nullopt;
}

std::string unknown_word(BytesView word, std::span<const BytesView> known) {
  core::ensure(!known.empty());
  const BytesView begin = word.substr(0, name_size_max);  // a distance costs the product of the sizes
  const auto nearest = std::min_element(known.begin(), known.end(), [begin](BytesView one, BytesView other) {
    return edit_distance(begin, one) < edit_distance(begin, other);
  });
  std::string sentence =
      in_quotes(word) + " is not known; the nearest is '" + std::string(*nearest) + "', accepted are ";
  for (const BytesView& one : known) sentence += (&one == known.data() ? "" : ", ") + std::string(one);
  return sentence;
}

}  // namespace skerry::edge

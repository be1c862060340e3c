#include "simulations/html/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace skerry::simulations::html {

using namespace std::chrono_literals;
using core::Duration;

namespace {

template <class... Arguments>
std::string printed(const char* format, Arguments... arguments) {
  char text[64];
  std::snprintf(text, sizeof(text), format, arguments...);
  return text;
}

// How many bytes the character at `at` has; 0: it is none that a page may hold (RFC 3629, section 4; C0, DEL, C1).
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(at);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first >= 0xc2 && first <= 0xdf) return follows(at + 1, first == 0xc2 ? 0xa0 : 0x80) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    const bool no_character = first == 0xef && byte(at + 1) == 0xbf && byte(at + 2) >= 0xbe;
    // U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows.
    const bool turns = first == 0xe2 && ((byte(at + 1) == 0x80 && byte(at + 2) >= 0xaa && byte(at + 2) <= 0xae) ||
                                         (byte(at + 1) == 0x81 && byte(at + 2) >= 0xa6 && byte(at + 2) <= 0xa9));
    return follows(at + 1, low, high) && follows(at + 2) && !no_character && !turns ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return follows(at + 1, low, high) && follows(at + 2) && follows(at + 3) ? 4 : 0;
  }
  return 0;
}

// Each character passes `write`; what is none is written out.
template <class Write>
std::string rewritten(std::string_view text, Write&& write) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = character_at(text, at);
    if (bytes == 0) {
      for (const char letter : printed("\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[at]))))
        write(result, std::string_view(&letter, 1));
    } else {
      write(result, text.substr(at, bytes));
    }
    at += std::max<std::size_t>(bytes, 1);
  }
  return result;
}

}  // namespace

std::string escaped(std::string_view text) {
  return rewritten(text, [](std::string& result, std::string_view character) {
    switch (character.front()) {
      case '&':
        result += "&amp;";
        return;
      case '<':
        result += "&lt;";
        return;
      case '>':
        result += "&gt;";
        return;
      case '"':
        result += "&quot;";
        return;
      case '\'':
        result += "&#39;";
        return;
      default:
        result += character;
    }
  });
}

std::string script_string(std::string_view text) {
  return "\"" +
         rewritten(text,
                   [](std::string& result, std::string_view character) {
                     const char letter = character.front();
                     const bool line_end = character == "\u2028" || character == "\u2029";
                     if (line_end) {
                       result += character == "\u2028" ? "\\u2028" : "\\u2029";
                     } else if (letter == '<' || letter == '>' || letter == '&' || letter == '"' || letter == '\\') {
                       result += printed("\\u%04x", static_cast<unsigned>(letter));
                     } else {
                       result += character;
                     }
                   }) +
         "\"";
}

std::string shortened(std::string_view text, std::size_t characters_max) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < characters_max && at < text.size(); ++i)
    at += std::max<std::size_t>(character_at(text, at), 1);
  return at < text.size() ? std::string(text.substr(0, at)) + "…" : std::string(text);
}

std::string words(Duration duration) {
  if (duration < Duration{}) return "−" + words(-duration);
  const auto two = [](std::int64_t high, const char* high_unit, std::int64_t low, const char* low_unit) {
    const std::string first = std::to_string(high) + " " + high_unit;
    return low == 0 ? first : first + " " + std::to_string(low) + " " + low_unit;
  };
  const double seconds = std::chrono::duration<double>(duration).count();
  if (duration == 0s) return "0";
  if (duration < 1ms) return printed("%.0f µs", std::ceil(seconds * 1e6));
  if (duration < 1min && duration % 1s == 0s) return std::to_string(duration / 1s) + " s";
  if (duration < 10ms && duration % 1ms != 0ms) return printed("%.1f ms", seconds * 1e3);
  if (duration < 1s) return printed("%.0f ms", seconds * 1e3);
  if (duration < 1min) return printed("%.1f s", seconds);
  if (duration < 1h) return two(duration / 1min, "min", duration % 1min / 1s, "s");
  if (duration < 24h) return two(duration / 1h, "h", duration % 1h / 1min, "min");
  return two(duration / 24h, "d", duration % 24h / 1h, "h");
}

std::string byte_words(std::uint64_t bytes) {
  constexpr const char* units[] = {"kB", "MB", "GB", "TB"};
  if (bytes < 1'000) return std::to_string(bytes) + " B";
  double amount = static_cast<double>(bytes) / 1e3;
  std::size_t unit = 0;
  for (; amount >= 999.5 && unit + 1 < std::size(units); ++unit) amount /= 1e3;
  return printed(amount < 9.95 ? "%.1f %s" : "%.0f %s", amount, units[unit]);
}

std::string count_words(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string share_words(double share) {
  return printed("%.2f %%", share * 100);
}

std::string counted(std::uint64_t count, std::string_view singular) {
  return count_words(count) + " " + std::string(singular) + (count == 1 ? "" : "s");
}

std::string coordinate(double value) {
  std::string text = printed("%.2f", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace skerry::simulations::html

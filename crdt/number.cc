#include "crdt/number.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace skerry::crdt {

namespace {

constexpr std::size_t float_text_max = 5 * 1024;  // Redis's MAX_LONG_DOUBLE_CHARS
constexpr int decimals_max = 17;

template <class Float>
Float read_whole(const char* text, char** end) {
  if constexpr (std::is_same_v<Float, double>) {
    return std::strtod(text, end);
  } else {
    return std::strtold(text, end);
  }
}

// strtold and not from_chars, because Redis accepts what it accepts: a plus sign, hexadecimal, "infinity".
template <class Float>
std::optional<Float> parse_floating(BytesView text) {
  if (text.empty() || text.size() >= float_text_max) return std::nullopt;
  const char first = text.front();
  if (first == ' ' || (first >= '\t' && first <= '\r')) return std::nullopt;
  // A short text on the stack, a long one where a string puts it: the functions below want a final zero.
  std::array<char, 64> nearby;
  Bytes elsewhere;
  const char* begin = nearby.data();
  if (text.size() < nearby.size()) {
    *std::copy(text.begin(), text.end(), nearby.begin()) = '\0';
  } else {
    elsewhere = text;
    begin = elsewhere.c_str();
  }
  char* end = nullptr;
  errno = 0;
  const Float value = read_whole<Float>(begin, &end);
  if (end != begin + text.size() || std::isnan(value)) return std::nullopt;
  if (errno == ERANGE && (std::isinf(value) || value == 0)) return std::nullopt;
  return value;
}

Bytes print_fixed(long double value, int decimals) {
  std::array<char, float_text_max + 32> text;
  const auto [end, error] = std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed, decimals);
  if (error != std::errc{}) return "inf";  // cannot be: the buffer holds the longest there is
  return Bytes(text.begin(), end);
}

Bytes trimmed(Bytes text) {
  if (text.find('.') != Bytes::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

}  // namespace

std::optional<std::int64_t> parse_integer(BytesView text) {
  const BytesView digits = !text.empty() && text.front() == '-' ? text.substr(1) : text;
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') return std::nullopt;
  if (digits.front() == '0') return text == "0" ? std::optional<std::int64_t>(0) : std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<long double> parse_float(BytesView text) {
  return parse_floating<long double>(text);
}
std::optional<double> parse_double(BytesView text) {
  return parse_floating<double>(text);
}

Bytes print_long_double(long double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return trimmed(print_fixed(value, decimals_max));
}

Bytes print_long_double_within(long double value, long double error) {
  if (std::isinf(value) || error <= 0) return print_long_double(value);
  for (int decimals = 0; decimals < decimals_max; ++decimals) {
    Bytes text = print_fixed(value, decimals);
    long double read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    if (std::abs(read - value) <= error) return trimmed(std::move(text));
  }
  return print_long_double(value);
}

long double decimal_of(double value) {
  constexpr double whole_max = 1ull << 53;
  if (std::abs(value) <= whole_max && std::trunc(value) == value) return value;
  std::array<char, 32> text;
  const auto printed = std::to_chars(text.begin(), text.end(), value);
  long double decimal = value;
  std::from_chars(text.begin(), printed.ptr, decimal);
  return decimal;
}

// The shortest digits, laid out as %.17g lays out its own: where Redis 7.0 prints exactly as many digits, both agree.
Bytes print_double(double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  std::array<char, 32> text;
  const auto scientific = std::to_chars(text.begin(), text.end(), value, std::chars_format::scientific);
  const Bytes digits(text.begin(), scientific.ptr);
  const int exponent = std::atoi(digits.c_str() + digits.find('e') + 1);
  if (exponent < -4 || exponent >= 17) return digits;
  std::array<char, 64> plain;
  const auto fixed = std::to_chars(plain.begin(), plain.end(), value, std::chars_format::fixed);
  return Bytes(plain.begin(), fixed.ptr);
}

Bytes print_sum(Sum value) {
  constexpr Sum integer_min = std::numeric_limits<std::int64_t>::min();
  constexpr Sum integer_max = std::numeric_limits<std::int64_t>::max();
  std::array<char, 48> text;
  if (value >= integer_min && value <= integer_max) {
    const auto [end, error] = std::to_chars(text.begin(), text.end(), static_cast<std::int64_t>(value));
    return Bytes(text.begin(), error == std::errc{} ? end : text.begin());
  }
  __extension__ using Unsigned = unsigned __int128;
  Unsigned rest = value < 0 ? Unsigned{0} - static_cast<Unsigned>(value) : static_cast<Unsigned>(value);
  auto first = text.end();
  for (; rest > 0; rest /= 10) *--first = static_cast<char>('0' + static_cast<int>(rest % 10));
  if (value < 0) *--first = '-';
  return Bytes(first, text.end());
}

}  // namespace skerry::crdt

#include "simulations/plan_values.h"

#include <charconv>
#include <cstdio>

namespace skerry::simulations::plan_values {

using core::Bytes;
using core::BytesView;

namespace {

struct Unit {
  const char* name;
  std::int64_t nanoseconds;
};
constexpr Unit units[] = {{"h", 3'600'000'000'000}, {"min", 60'000'000'000}, {"s", 1'000'000'000},
                          {"ms", 1'000'000},        {"us", 1'000},           {"ns", 1}};

template <class Word>
Words words(std::size_t count) {
  return {[](std::size_t number) { return name_of(static_cast<Word>(number)); }, count};
}

}  // namespace

std::string duration_text(Duration duration) {
  if (duration.count() == 0) return "0s";
  const Unit* unit = units;
  while (duration.count() % unit->nanoseconds != 0) ++unit;
  return std::to_string(duration.count() / unit->nanoseconds) + unit->name;
}

std::optional<Duration> duration_of(BytesView text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const BytesView unit_name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (unit_name != unit.name) continue;
    std::int64_t nanoseconds = 0;
    if (__builtin_mul_overflow(number, unit.nanoseconds, &nanoseconds)) return std::nullopt;
    return Duration(nanoseconds);
  }
  return std::nullopt;
}

std::string double_text(double value) {
  char text[32];
  const char* const end = std::to_chars(text, text + sizeof(text), value).ptr;
  std::string shortest(text, static_cast<std::size_t>(end - text));
  return shortest.find_first_of(".en") == std::string::npos ? shortest + ".0" : shortest;
}

std::string printable(BytesView bytes) {
  std::string text;
  for (const char letter : bytes) {
    const auto byte = static_cast<unsigned char>(letter);
    char escaped[8];
    std::snprintf(escaped, sizeof(escaped), "\\x%02x", byte);
    if (letter == '\\') {
      text += "\\\\";
    } else if (byte < ' ' || byte > '~') {
      text += escaped;
    } else {
      text += letter;
    }
  }
  return text;
}

// A literal one, in which TOML itself knows no escapes.
std::string bytes_text(BytesView bytes) {
  std::string text = printable(bytes);
  for (std::size_t quote = text.find('\''); quote != std::string::npos; quote = text.find('\''))
    text.replace(quote, 1, "\\x27");
  return "'" + text + "'";
}

std::optional<Bytes> bytes_of(BytesView text) {
  Bytes bytes;
  while (!text.empty()) {
    if (text.front() != '\\') {
      bytes.push_back(text.front());
      text.remove_prefix(1);
    } else if (text.starts_with("\\\\")) {
      bytes.push_back('\\');
      text.remove_prefix(2);
    } else {
      unsigned byte = 0;
      if (!text.starts_with("\\x") || text.size() < 4) return std::nullopt;
      const char* const digits = text.data() + 2;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2) return std::nullopt;
      bytes.push_back(static_cast<char>(byte));
      text.remove_prefix(4);
    }
  }
  return bytes;
}

std::optional<std::size_t> Words::number_of(BytesView word) const {
  for (std::size_t number = 0; number < count; ++number) {
    if (word == name_of(number)) return number;
  }
  return std::nullopt;
}

std::string Words::accepted() const {
  std::string text;
  for (std::size_t number = 0; number < count; ++number) {
    const char* const before = number == 0 ? "" : number + 1 == count ? " or " : ", ";
    text += before + std::string(name_of(number));
  }
  return text;
}

Words words_of(Topology) {
  return words<Topology>(4);
}
Words words_of(Ack) {
  return words<Ack>(2);
}
Words words_of(FaultKind) {
  return words<FaultKind>(fault_kind_count);
}
Words words_of(Verb) {
  return words<Verb>(verb_count);
}

}  // namespace skerry::simulations::plan_values

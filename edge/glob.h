// Glob patterns of KEYS, SCAN MATCH and CONFIG GET, with Redis's rules: * ? [a-z] [^x] \x.
//
// Iterative: when a later part fails, only the last star gives way, which is enough for globs, so the work of a match
// is at most pattern times text (CVE-2024-31228 was Redis's recursion here).
#pragma once

#include <algorithm>
#include <optional>

#include "core/bytes.h"

namespace skerry::edge {

using core::BytesView;

// How bytes are compared.
enum class Letters { exact, any_case };

class Glob {
 public:
  // The pattern must outlive the glob.
  explicit Glob(BytesView pattern, Letters letters = Letters::exact) : pattern_(pattern), letters_(letters) {}

  bool matches(BytesView text) const {
    std::size_t in_pattern = 0;
    std::size_t in_text = 0;
    std::optional<std::size_t> after_star;  // where to go on in the pattern when a later part has failed …
    std::size_t star_text = 0;              // … and in the text: one byte more is the star's
    while (in_text < text.size()) {
      if (in_pattern < pattern_.size() && pattern_[in_pattern] == '*') {
        after_star = ++in_pattern;
        star_text = in_text;
        continue;
      }
      const Step step = in_pattern < pattern_.size() ? one(in_pattern, text[in_text]) : Step{false, in_pattern};
      if (step.matches) {
        in_pattern = step.next;
        ++in_text;
        continue;
      }
      if (!after_star) return false;
      in_pattern = *after_star;
      in_text = ++star_text;
    }
    while (in_pattern < pattern_.size() && pattern_[in_pattern] == '*') ++in_pattern;
    return in_pattern == pattern_.size();
  }

  bool matches_all() const { return pattern_ == "*"; }

 private:
  struct Step {
    bool matches;
    std::size_t next;  // where the pattern goes on
  };

  // Whether the element at `at`, which is no star, matches `byte`.
  Step one(std::size_t at, char byte) const {
    switch (pattern_[at]) {
      case '?':
        return {true, at + 1};
      case '[':
        return one_of(at + 1, byte);
      case '\\':
        if (at + 1 < pattern_.size()) ++at;
        return {equal(pattern_[at], byte), at + 1};
      default:
        return {equal(pattern_[at], byte), at + 1};
    }
  }

  // A class whose first byte is at `at`.  Unclosed, it ends with the pattern.
  Step one_of(std::size_t at, char byte) const {
    const bool inverted = at < pattern_.size() && pattern_[at] == '^';
    if (inverted) ++at;
    bool found = false;
    for (; at < pattern_.size() && pattern_[at] != ']'; ++at) {
      if (pattern_[at] == '\\' && at + 1 < pattern_.size()) {
        found |= pattern_[++at] == byte;
      } else if (at + 2 < pattern_.size() && pattern_[at + 1] == '-') {
        found |= between(pattern_[at], pattern_[at + 2], byte);
        at += 2;
      } else {
        found |= equal(pattern_[at], byte);
      }
    }
    return {found != inverted, at < pattern_.size() ? at + 1 : at};
  }

  static char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte; }
  char folded(char byte) const { return letters_ == Letters::any_case ? lower(byte) : byte; }
  bool equal(char left, char right) const { return folded(left) == folded(right); }
  // Ranges compare bytes as Redis does: as signed characters, either end first.
  bool between(char first, char last, char byte) const {
    const auto number = [this](char of) { return static_cast<signed char>(folded(of)); };
    const signed char low = std::min(number(first), number(last));
    const signed char high = std::max(number(first), number(last));
    return number(byte) >= low && number(byte) <= high;
  }

  BytesView pattern_;
  Letters letters_;
};

}  // namespace skerry::edge

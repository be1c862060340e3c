// The single values of a replay file (simulations/plan_file.h) as text, both ways and exact.
#pragma once

#include <optional>
#include <string>

#include "core/bytes.h"
#include "simulations/plan.h"

namespace skerry::simulations::plan_values {

// A whole number and the largest unit that leaves nothing over: 90000ms is "90s".
std::string duration_text(Duration duration);
std::optional<Duration> duration_of(core::BytesView text);
inline constexpr char duration_accepted[] = "a whole number and its unit, ns, us, ms, s, min or h, such as \"1500ms\"";

// Reads back as the same double, and is a TOML float.
std::string double_text(double value);

// Bytes that are no printable ASCII as \xHH, and a backslash as \\.
std::string printable(core::BytesView bytes);
// The same as a TOML string.
std::string bytes_text(core::BytesView bytes);
// What the TOML string holds, as bytes; nothing where a backslash begins neither of the two.
std::optional<core::Bytes> bytes_of(core::BytesView text);
inline constexpr char bytes_accepted[] = "a text in quotes, in which \\xHH is a byte and \\\\ a backslash";

// One of the words that have a number each: "mesh, line, ring or hub".
struct Words {
  const char* (*name_of)(std::size_t number);
  std::size_t count;

  std::optional<std::size_t> number_of(core::BytesView word) const;
  std::string accepted() const;
};
Words words_of(Topology);
Words words_of(Ack);
Words words_of(FaultKind);
Words words_of(Verb);

}  // namespace skerry::simulations::plan_values

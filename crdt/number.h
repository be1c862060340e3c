// Numbers as Redis reads and prints them (its string2ll, string2ld, ld2string and addReplyDouble).
#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.h"
#include "crdt/payload.h"

namespace skerry::crdt {

std::optional<std::int64_t> parse_integer(BytesView text);  // strict: no blanks, no plus sign, no leading zero
std::optional<long double> parse_float(BytesView text);     // decimal, exponent, inf; no blanks, no nan
std::optional<double> parse_double(BytesView text);         // the same, for scores: rounded once
Bytes print_long_double(long double value);                 // as INCRBYFLOAT answers: 17 decimals, zeros trimmed
// The same with the fewest decimals that stay within `error` of the value: sums of doubles are not exact, and
// 10.5 + 0.1 is to read 10.6.
Bytes print_long_double_within(long double value, long double error);
// What a double stands for in a sum of decimals: the shortest decimal that reads back as it.
long double decimal_of(double value);
Bytes print_double(double value);  // as ZSCORE answers: the shortest digits that read back
Bytes print_sum(Sum value);

}  // namespace skerry::crdt
